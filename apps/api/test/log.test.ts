import { assert, describe, it } from "@effect/vitest"
import { Cause } from "effect"
import { describeCause, describeFault, isLogLevel, makeLog } from "../src/log.ts"

const levelsWritten = (minimum: Parameters<typeof makeLog>[0]) => {
  const lines: Array<string> = []
  const log = makeLog(minimum, (line) => lines.push(line))
  log.debug("d")
  log.info("i")
  log.warn("w")
  log.error("e", { text: "two\nlines" })
  return lines.map((line) => JSON.parse(line).level)
}

describe("makeLog", () => {
  it("writes from its level up", () => {
    assert.deepEqual(levelsWritten("debug"), ["debug", "info", "warn", "error"])
    assert.deepEqual(levelsWritten("info"), ["info", "warn", "error"])
    assert.deepEqual(levelsWritten("warn"), ["warn", "error"])
    assert.deepEqual(levelsWritten("error"), ["error"])
    assert.deepEqual(levelsWritten("silent"), [])
  })
  it("writes one JSON object a line, whatever it is told", () => {
    const lines: Array<string> = []
    makeLog("info", (line) => lines.push(line)).info("two\nlines", { list: ["a", "b"], absent: undefined })
    assert.match(lines[0]!, /^[^\n]+\n$/u)
    assert.deepInclude(JSON.parse(lines[0]!), { message: "two\nlines", list: ["a", "b"] })
  })
})

describe("isLogLevel", () => {
  it.each(["debug", "info", "warn", "error", "silent"])("knows %s", (level) => assert.isTrue(isLogLevel(level)))
  it.each(["", "INFO", "trace", "constructor"])("does not know %j", (level) => assert.isFalse(isLogLevel(level)))
})

describe("describeCause", () => {
  it("drops the values that Drizzle puts into its messages, causes included", () => {
    const query = new Error("Failed query: select\nparams: 504-555-0123,ho\u2028me", {
      cause: new Error("inner\nparams: 541-555-0987"),
    })
    for (const text of [describeCause(Cause.die(query)), describeFault(query)]) {
      assert.include(text, "Failed query: select")
      assert.include(text, "inner")
      // Not 555 alone: a stack has the numbers of its lines.
      assert.notMatch(text, /504-555|541-555|ho\u2028me/u)
    }
  })
})
