import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { choosePrimary, competingPrimaries } from "../src/index.ts"

const wishes = fc.array(fc.constantFrom(true, false, null), { maxLength: 8 })

describe("choosePrimary", () => {
  it.each<[number, Array<boolean | null>, number | null]>([
    [0, [null, null], 0],
    [0, [false, null], 1],
    [0, [false], null],
    [0, [null, true], 1],
    [3, [null, null], null],
    [3, [null, true], 1],
    [0, [], null],
  ])("a client with %i numbers, wishes %j: %j", (phoneNumberCount, asked, expected) => {
    assert.strictEqual(choosePrimary({ phoneNumberCount }, asked), expected)
  })

  it("never makes a number primary that says false, and leaves none out that alone says true", () => {
    fc.assert(
      fc.property(fc.nat(3), wishes, (phoneNumberCount, asked) => {
        const chosen = choosePrimary({ phoneNumberCount }, asked)
        if (chosen !== null) assert.notStrictEqual(asked[chosen], false)
        if (asked.includes(true)) assert.isTrue(chosen !== null && asked[chosen] === true)
        else if (phoneNumberCount > 0) assert.isNull(chosen)
        else assert.strictEqual(chosen, asked.includes(null) ? asked.indexOf(null) : null)
      }),
    )
  })
})

describe("competingPrimaries", () => {
  it("names all that ask where more than one does", () => {
    fc.assert(
      fc.property(wishes, (asked) => {
        const asking = asked.flatMap((wish, index) => (wish === true ? [index] : []))
        assert.deepEqual(competingPrimaries(asked), asking.length > 1 ? asking : [])
      }),
    )
  })
})
