import { assert, describe, it } from "@effect/vitest"
import { isSecret, isToken } from "../src/index.ts"

describe("isToken", () => {
  it("takes 32 letters and digits", () => assert.isTrue(isToken("aZ09".repeat(8))))
  it.each(["", "a".repeat(31), "a".repeat(33), `${"a".repeat(31)}-`, `${"a".repeat(32)}\n`])("refuses %j", (text) => {
    assert.isFalse(isToken(text))
  })
})

describe("isSecret", () => {
  it("takes 40 printable characters", () => assert.isTrue(isSecret("a+/~!=Z9".repeat(5))))
  it.each(["", "a".repeat(39), "a".repeat(41), `${"a".repeat(39)} `, "é".repeat(40)])("refuses %j", (text) => {
    assert.isFalse(isSecret(text))
  })
})
