import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import * as fc from "fast-check"
import { isCallingCode, readTelephoneNumber, type PhoneNumberViolation, type ViolationCode } from "../src/index.ts"

const read = (number: string, countryCode: string | null = null, defaultCountryCode = "1") =>
  Result.merge(readTelephoneNumber({ number, countryCode }, defaultCountryCode))

const refusal = (code: ViolationCode): PhoneNumberViolation => ({ field: "number", code })

describe("isCallingCode", () => {
  it.each(["1", "7", "44", "590", "800", "870", "979"])("knows %s", (digits) => {
    assert.isTrue(isCallingCode(digits))
  })
  it.each(["", "0", "01", "999", "+1", "constructor", "__proto__", "US", "001"])("does not know %j", (digits) => {
    assert.isFalse(isCallingCode(digits))
  })
})

describe("readTelephoneNumber", () => {
  // The table of the contract: typed, country code, then what becomes of it.
  it.each<[string, string | null, string, string, string]>([
    ["(504) 555-1212", null, "1", "504-555-1212", "5551212"],
    ["+1 800 555 0199", null, "1", "800-555-0199", "5550199"],
    ["020 7946 0958", "44", "44", "20-7946-0958", "79460958"],
    ["+44 7400 123456", null, "44", "7400-123456", "7400123456"],
    ["030 123456", "49", "49", "30-123456", "123456"],
    ["02 1234 5678", "39", "39", "02-1234-5678", "12345678"],
    ["+65 6123 4567", null, "65", "6123-4567", "61234567"],
    ["+590 590 00 12 34", null, "590", "590-00-12-34", "001234"],
    ["011 44 20 7946 0958", null, "44", "20-7946-0958", "79460958"],
    ["0049 30 123456", "49", "49", "30-123456", "123456"],
  ])("reads %s under %s", (typed, given, countryCode, number, rawNumber) => {
    assert.deepEqual(read(typed, given), {
      countryCode,
      number,
      rawNumber,
      extension: null,
      e164: `+${countryCode}${number.replaceAll("-", "")}`,
      typed,
    })
  })
  it("refuses a local number as too short", () => assert.deepEqual(read("555-0123", "1"), refusal("too_short")))
  it("refuses a North American number that lost a digit", () =>
    assert.deepEqual(read("1-541-555-012", "1"), refusal("invalid_number")))

  describe("takes the punctuation people write", () => {
    it.each([
      "504.555.1212",
      "504/555-1212",
      "504 555 1212",
      "[504] 555.1212",
      "1 (504) 555-1212",
      "+1 (504) 555-1212",
      "(+1) 504 555 1212",
      "504\u2011555\u20131212",
      "504\u00A0555\u20091212",
      "５０４－５５５－１２１２",
      "＋１ ５０４ ５５５ １２１２",
      "٥٠٤ ٥٥٥ ١٢١٢",
      "۵۰۴ ۵۵۵ ۱۲۱۲",
      "504\u00B7555\u20221212",
      "\u202A+1 504 555 1212\u202C",
      "\u2066001 504 555 1212\u2069",
      "504\u200B555\u00AD1212\u200E",
    ])("%s", (number) =>
      assert.deepInclude(read(number), { e164: "+15045551212", number: "504-555-1212", typed: number }),
    )
    it("reads a national prefix written into an international number", () =>
      assert.deepInclude(read("+44 (0)20 7946 0958"), { e164: "+442079460958" }))
  })

  describe("accepts what is possible, valid or not", () => {
    it("takes fictional numbers", () => {
      assert.deepInclude(read("07700 900123", "44"), { e164: "+447700900123" })
      assert.deepInclude(read("541-555-0123", "1"), { e164: "+15415550123" })
    })
    it("takes non-geographic codes", () =>
      assert.deepInclude(read("+800 1234 5678"), { countryCode: "800", rawNumber: "12345678" }))
    it("refuses another length", () => {
      assert.deepEqual(read("541 555 0123 99", "1"), refusal("too_long"))
      assert.deepEqual(read("+65 6123"), refusal("too_short"))
      assert.deepEqual(read("+49 1234567890123456789"), refusal("too_long"))
    })
    it("refuses what the North American plan cannot have", () => {
      assert.deepEqual(read("0415550123", "1"), refusal("invalid_number"))
      assert.deepEqual(read("+1 141 555 0123"), refusal("invalid_number"))
      assert.deepEqual(read("+1 310 1234"), refusal("too_short"))
    })
  })

  describe("reads strictly", () => {
    it.each([
      "call 504-555-1212",
      "504-555-1212 please",
      "1-800-FLOWERS",
      "tel:+15045551212",
      "tel:5551212;phone-context=+1504",
      "504-555-1212;phone-context=+1",
      "504-555-1212;isub=99",
      "504-555-1212;ISUB=99",
      "504\n555-1212",
      "504-555-1212 x",
      "++1 504 555 1212",
      "504-555-1212 or 504-555-1213",
      "$0049 30 123456",
      "constructor",
      "+",
      "+999 123 4567",
      "\u0000504-555-1212",
      "504-555-1212\uD800",
    ])("%j is no number", (number) => assert.deepEqual(read(number), refusal("invalid_number")))
    it("takes 64 characters, not 65", () => {
      assert.deepInclude(read(`504${" ".repeat(54)}5551212`), { e164: "+15045551212" })
      assert.deepEqual(read(`504${" ".repeat(55)}5551212`), { field: "number", code: "too_long", maximum: 64 })
    })
    it("counts code points of the text as typed", () => {
      assert.deepEqual(read("𝟓".repeat(65)), { field: "number", code: "too_long", maximum: 64 })
      assert.deepEqual(read("⑽".repeat(64)), refusal("too_long"))
      assert.deepInclude(read(`𝟓𝟎𝟒${" ".repeat(54)}𝟓𝟓𝟓𝟏𝟐𝟏𝟐`), { e164: "+15045551212" })
    })
  })

  describe("when the number names its country", () => {
    it("refuses another than was given", () => {
      assert.deepEqual(read("+44 20 7946 0958", "1"), refusal("country_code_conflict"))
      assert.deepEqual(read("011 44 20 7946 0958", "1"), refusal("country_code_conflict"))
      assert.deepEqual(read("00 44 20 7946 0958", "49"), refusal("country_code_conflict"))
    })
    it("takes the same", () => assert.deepInclude(read("+44 20 7946 0958", "44"), { countryCode: "44" }))
    it("takes it over the default", () => {
      assert.deepInclude(read("+44 20 7946 0958", null, "49"), { countryCode: "44" })
      assert.deepInclude(read("030 123456", null, "49"), { countryCode: "49" })
    })
  })

  describe("00 and 011", () => {
    it("stand for +, also behind punctuation and in other digits", () => {
      for (const number of [
        "0044 20 7946 0958",
        "(011) 44-20-7946-0958",
        "(00) 44 20 7946 0958",
        "٠٠44 20 7946 0958",
      ]) {
        assert.deepInclude(read(number), { e164: "+442079460958" })
      }
    })
    it("are contiguous digits", () => assert.deepEqual(read("0 0 44 20 7946 0958"), refusal("too_long")))
    it("011 is an area code elsewhere", () => {
      assert.deepInclude(read("011 4321 5678", "54"), { e164: "+541143215678", rawNumber: "43215678" })
    })
    it("are read as they stand where + is not possible", () => {
      assert.deepInclude(read("00123456", "852"), { e164: "+85200123456", number: "00123456" })
      assert.deepEqual(read("011 44 20"), refusal("too_short"))
    })
  })

  describe("an extension inside the number", () => {
    it.each([
      ["541-555-0987 x5", "5"],
      ["541-555-0987 ext. 0005", "0005"],
      ["541-555-0987 EXTENSION 5", "5"],
      ["541-555-0987;ext=5", "5"],
      ["541-555-0987,5", "5"],
      ["541-555-0987 #5", "5"],
      ["541-555-0987 доб. 5", "5"],
      ["541-555-0987 ext ٥", "5"],
      ["541-555-0987 ext 12345678901234567890", "12345678901234567890"],
    ])("%s", (number, extension) => assert.deepInclude(read(number), { number: "541-555-0987", extension }))
  })

  describe("the area code", () => {
    it.each<[string, string]>([
      ["+54 9 11 2345 6789", "23456789"],
      ["+54 11 4321 5678", "43215678"],
      ["+55 11 96123 4567", "961234567"],
      // Mexico dials without a national prefix now: no area codes.
      ["+52 55 1234 5678", "5512345678"],
      ["+39 06 1234 5678", "12345678"],
      ["+39 312 345 6789", "3123456789"],
      ["+44 800 123 4567", "8001234567"],
      ["+44 20 0000 000", "200000000"],
    ])("%s leaves %s", (number, rawNumber) => assert.deepInclude(read(number), { rawNumber }))
  })

  it("refuses what would read as another number when put back", () => {
    assert.deepEqual(read("+91 918603451234"), refusal("ambiguous"))
    assert.deepEqual(read("+39 0049 30 123456"), refusal("ambiguous"))
  })

  const digit = fc.constantFrom(..."0123456789")
  const written = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: fc.constantFrom(..."0123456789 -()+./x#,;~"), maxLength: 24 }) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(fc.constantFrom("+", "00", "011", ""), fc.string({ unit: digit, minLength: 5, maxLength: 16 }))
        .map((parts) => parts.join("")),
    },
    fc.string({ unit: "binary", maxLength: 64 }),
    fc.string({ unit: "grapheme", maxLength: 64 }),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 64 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom(
      "constructor",
      "__proto__",
      "\u0000",
      "\u0301".repeat(64),
      "ﷺ".repeat(64),
      "…".repeat(64),
      "\uDC00",
    ),
  )
  const countryCode = fc.constantFrom(null, "1", "7", "39", "44", "49", "54", "91", "226", "599", "800", "881")

  it("answers every text, and every number it accepts can be taken apart and read again", () => {
    fc.assert(
      fc.property(written, countryCode, (number, given) => {
        const reading = readTelephoneNumber({ number, countryCode: given }, "1")
        if (Result.isFailure(reading)) return reading.failure.field === "number"
        const { success } = reading
        const national = success.number.replaceAll("-", "")
        assert.match(success.number, /^\d+(?:-\d+)*$/)
        assert.strictEqual(success.e164, `+${success.countryCode}${national}`)
        assert.isTrue(national.endsWith(success.rawNumber) && success.rawNumber !== "")
        const again = { ...success, extension: null }
        for (const shown of [
          { number: success.number, countryCode: success.countryCode },
          { number: `+${success.countryCode}${success.number}`, countryCode: null },
        ]) {
          const expected = Result.succeed({ ...again, typed: shown.number })
          assert.deepEqual(readTelephoneNumber(shown, "1"), expected)
        }
        return true
      }),
      { numRuns: 3000 },
    )
  })
})
