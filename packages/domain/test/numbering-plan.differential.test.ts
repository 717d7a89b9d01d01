import { assert, describe, it } from "@effect/vitest"
import { readAnySpelling, readTelephoneNumber } from "../src/numbering-plan.ts"

// The package has no types of Node, so that nothing of Node slips in.
declare const process: { readonly env: Readonly<Record<string, string | undefined>> }

/** How many numbers are compared; by hand, with DIFFERENTIAL_NUMBERS=3000000, as many as one likes. */
const COUNT = Number(process.env.DIFFERENTIAL_NUMBERS ?? 20_000)

/** A repeatable sequence of integers: mulberry32. */
const sequence = (seed: number) => {
  let state = seed
  return (below: number): number => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const PREFIXES = [
  "",
  "",
  "",
  "1",
  "+1",
  "1-",
  "+1 ",
  "+1-",
  "1 ",
  "1.",
  "+1.",
  "0",
  "00",
  "001",
  "0111",
  "011 1",
  "+",
  "11",
  "+11",
  "1+",
  "(1)",
  "+ 1 ",
]
const OPENINGS = ["", "", "", "(", "((", "[", "( "]
const CLOSINGS = ["", "-", " ", ".", ") ", ")", ")-", ").", "]", "--", "  ", "/", ") -"]
const SEPARATORS = ["", "-", "-", " ", ".", "/", "--", " - ", "~", "\u2010", "\u00A0", "x", "_", ","]
const ENDINGS = ["", "", "", "", " ", "x5", " ext 12", "0", "-", "#", ".", "a"]

describe("readTelephoneNumber, beside the library alone", () => {
  it(`reads ${COUNT} generated numbers alike`, { timeout: COUNT * 2 }, () => {
    const next = sequence(20_261_123)
    const pick = (from: ReadonlyArray<string>) => from[next(from.length)]!
    const digits = (length: number) => Array.from({ length }, () => next(10)).join("")
    // Now and then a digit too few or too many.
    const group = (length: number) => digits(next(40) === 0 ? length + next(3) - 1 : length)
    for (let index = 0; index < COUNT; index++) {
      const number = [
        pick(PREFIXES),
        pick(OPENINGS),
        group(3),
        pick(CLOSINGS),
        group(3),
        pick(SEPARATORS),
        group(4),
        pick(ENDINGS),
      ]
        .join("")
        .trim()
      const countryCode = [null, "1", null, "1", "44"][next(5)]!
      const plan = next(10) === 0 ? "52" : "1"
      const written = { number, countryCode }
      assert.deepEqual(readTelephoneNumber(written, plan), readAnySpelling(written, plan), JSON.stringify(written))
    }
  })

  it("reads every area code alike", () => {
    for (let areaCode = 200; areaCode < 1000; areaCode++) {
      for (const rest of ["555-0123", "000-0000", "911-1111", "411-9999"]) {
        const written = { number: `${areaCode}-${rest}`, countryCode: "1" }
        assert.deepEqual(readTelephoneNumber(written, "1"), readAnySpelling(written, "1"), written.number)
      }
    }
  })
})
