import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  type PhoneNumberDraft,
  readPhoneNumberDraft,
  readPhoneNumberDrafts,
  type PhoneNumberViolation,
} from "../src/index.ts"

const NUMBER = "504-555-0123"
const read = (draft: PhoneNumberDraft, defaultCountryCode = "1") => readPhoneNumberDraft(draft, defaultCountryCode)
const violations = (draft: PhoneNumberDraft) => read(draft).violations
const shown = (draft: PhoneNumberDraft) => read(draft).shown

describe("readPhoneNumberDraft", () => {
  it("reads what is well, and shows it as it will be stored", () => {
    assert.deepEqual(
      read({ label: " home ", countryCode: "+1", number: "(504) 555-0123", extension: " 05 ", isPrimary: false }),
      {
        phoneNumber: {
          label: "home",
          countryCode: "1",
          number: NUMBER,
          rawNumber: "5550123",
          extension: "05",
          e164: "+15045550123",
          typed: "(504) 555-0123",
        },
        isPrimary: false,
        shown: { label: "home", countryCode: "1", number: NUMBER, rawNumber: "5550123", extension: "05" },
        violations: [],
      },
    )
  })

  it("takes blank, null and absent for the same", () => {
    const expected = { ...read({ number: NUMBER }) }
    for (const nothing of ["", "  \t\n", null, undefined]) {
      assert.deepEqual(read({ label: nothing, countryCode: nothing, number: NUMBER, extension: nothing }), expected)
    }
    assert.isNull(expected.isPrimary)
  })

  it("normalises country code, number and extension, not the label", () => {
    assert.deepInclude(
      read({
        label: "ﬁx ５",
        countryCode: "\u202A＋４４\u202C",
        number: "０２０ ７９４６ ０９５８",
        extension: "\u200E５",
      }).phoneNumber,
      {
        label: "ﬁx ５",
        countryCode: "44",
        number: "20-7946-0958",
        extension: "5",
      },
    )
  })

  describe("the label", () => {
    it("has 20 code points at most", () => {
      assert.deepEqual(violations({ label: ` ${"📞".repeat(20)} `, number: NUMBER }), [])
      assert.deepEqual(violations({ label: "x".repeat(21), number: NUMBER }), [
        { field: "label", code: "too_long", maximum: 20 },
      ])
    })
    it.each(["a\u0000b", "a\nb", "a\u007Fb", "a\u0085b", "\u0085", "a\uD800", "\uDC00b"])("is no %j", (label) => {
      assert.deepEqual(violations({ label, number: NUMBER }), [{ field: "label", code: "invalid_characters" }])
    })
    it("is shown as sent where it is refused, cut at 64 characters", () => {
      assert.strictEqual(shown({ label: ` ${"📞".repeat(100)}`, number: NUMBER }).label, ` ${"📞".repeat(63)}`)
      assert.strictEqual(shown({ label: " a\nb ", number: NUMBER }).label, " a\nb ")
    })
  })

  describe("the country code", () => {
    it.each(["1", "+1", " +1 ", "44", "800"])("may be %j", (countryCode) => {
      assert.notInclude(
        violations({ countryCode, number: NUMBER }).map((violation) => violation.field),
        "countryCode",
      )
    })
    it.each(["0", "01", "+", "999", "1234", "US", "++1", "1a", "constructor"])(
      "may not be %j, and the number's digits are not judged then",
      (countryCode) => {
        const reading = read({ countryCode, number: "12" })
        assert.deepEqual(reading.violations, [{ field: "countryCode", code: "invalid_country_code" }])
        assert.deepInclude(reading.shown, { countryCode, number: "12", rawNumber: null })
      },
    )
    it("may be refused beside a number that is refused under any code", () => {
      const tooLong = { field: "number", code: "too_long", maximum: 64 } as const
      const number = "5".repeat(65)
      assert.deepEqual(violations({ countryCode: "zz", number }), [
        { field: "countryCode", code: "invalid_country_code" },
        tooLong,
      ])
      assert.deepEqual(violations({ malformed: ["countryCode"], number }), [
        { field: "countryCode", code: "wrong_type" },
        tooLong,
      ])
      assert.lengthOf(violations({ countryCode: "zz", number: number.slice(1) }), 1)
      assert.lengthOf(violations({ countryCode: "zz", number: "541-555-0123;phone-context=+1" }), 2)
      assert.deepEqual(violations({ countryCode: "zz", number: "call me" }), [
        { field: "countryCode", code: "invalid_country_code" },
        { field: "number", code: "invalid_number" },
      ])
    })
    it("is that of the number where none is given, else the default", () => {
      assert.strictEqual(shown({ number: "+44 20 7946 0958" }).countryCode, "44")
      assert.strictEqual(read({ number: "030 123456" }, "49").shown.countryCode, "49")
    })
    it("is shown as digits, or as sent where it is refused", () => {
      assert.strictEqual(shown({ countryCode: "+44", number: "1" }).countryCode, "44")
      assert.strictEqual(shown({ countryCode: " +999", number: "1" }).countryCode, " +999")
    })
    it("is shown as the default for a refused number, unless the number names its own", () => {
      assert.strictEqual(shown({ number: "555-0123" }).countryCode, "1")
      assert.strictEqual(shown({}).countryCode, "1")
      for (const number of ["+44 20", "(+44) 20", "011 44 20", "0044 20"]) assert.isNull(shown({ number }).countryCode)
      assert.strictEqual(shown({ countryCode: "1", number: "+44 20 7946 0958" }).countryCode, "1")
    })
  })

  describe("the number", () => {
    it.each([undefined, null, "", "  "])("must be there: %j", (number) => {
      const reading = read({ label: "home", number })
      assert.deepEqual(reading.violations, [{ field: "number", code: "blank" }])
      assert.deepEqual(reading.shown, {
        label: "home",
        countryCode: "1",
        number: null,
        rawNumber: null,
        extension: null,
      })
    })
    it("is shown as sent where it is refused", () => {
      assert.deepInclude(shown({ number: " 555-0123 " }), { number: " 555-0123 ", rawNumber: null })
      assert.strictEqual(shown({ number: "5".repeat(100) }).number, "5".repeat(64))
    })
  })

  describe("the extension", () => {
    it.each(["x5", "5 6", "-5", "٥"])("is digits, not %j", (extension) => {
      const reading = read({ number: NUMBER, extension })
      assert.deepEqual(reading.violations, [{ field: "extension", code: "invalid_extension" }])
      assert.deepInclude(reading.shown, { number: NUMBER, extension })
    })
    it("has 15 digits at most", () => {
      assert.deepEqual(violations({ number: NUMBER, extension: "0".repeat(15) }), [])
      assert.deepEqual(violations({ number: NUMBER, extension: "0".repeat(16) }), [
        { field: "extension", code: "too_long", maximum: 15 },
      ])
    })
    it("moves out of the number", () => {
      assert.deepInclude(read({ number: `${NUMBER} x5` }).phoneNumber, { number: NUMBER, extension: "5" })
    })
    it("may be given twice alike, not twice different", () => {
      assert.deepInclude(read({ number: `${NUMBER} x5`, extension: "5" }).phoneNumber, { extension: "5" })
      const reading = read({ number: `${NUMBER} x5`, extension: " 05 " })
      assert.deepEqual(reading.violations, [{ field: "extension", code: "extension_conflict" }])
      assert.deepInclude(reading.shown, { number: NUMBER, rawNumber: "5550123", extension: " 05 " })
    })
    it("inside the number has 15 digits at most too", () => {
      const reading = read({ number: `${NUMBER} ext. ${"1".repeat(16)}` })
      assert.deepEqual(reading.violations, [{ field: "extension", code: "too_long", maximum: 15 }])
      assert.deepInclude(reading.shown, { number: NUMBER, extension: "1".repeat(16) })
    })
  })

  describe("values of another type", () => {
    it("are refused as such and not judged further", () => {
      const malformed = ["label", "countryCode", "number", "extension", "isPrimary"] as const
      const reading = read({ malformed })
      assert.deepEqual(
        reading.violations,
        malformed.map((field): PhoneNumberViolation => ({ field, code: "wrong_type" })),
      )
      assert.deepEqual(reading.shown, {
        label: null,
        countryCode: null,
        number: null,
        rawNumber: null,
        extension: null,
      })
    })
    it("leave of a number to judge what holds under any country code", () => {
      const malformed = ["countryCode"] as const
      const wrongType = { field: "countryCode", code: "wrong_type" } as const
      assert.deepEqual(violations({ number: "12", malformed }), [wrongType])
      const reading = read({ number: "junk", malformed })
      assert.deepEqual(reading.violations, [wrongType, { field: "number", code: "invalid_number" }])
      assert.deepInclude(reading.shown, { countryCode: null, number: "junk" })
    })
    it("hide an extension inside the number", () => {
      const reading = read({ number: `${NUMBER} x5`, malformed: ["extension"] })
      assert.deepEqual(reading.violations, [{ field: "extension", code: "wrong_type" }])
      assert.deepInclude(reading.shown, { number: NUMBER, extension: null })
    })
    it("in place of the whole item leave nothing to show", () => {
      const reading = read({ label: "home", number: "junk", malformed: ["base"] })
      assert.deepEqual(reading.violations, [{ field: "base", code: "wrong_type" }])
      assert.deepEqual(reading.shown, {
        label: null,
        countryCode: null,
        number: null,
        rawNumber: null,
        extension: null,
      })
    })
  })

  it("reports all that is wrong at once", () => {
    assert.deepEqual(violations({ label: `${"x".repeat(20)}\n.`, countryCode: "0", extension: "x" }), [
      { field: "label", code: "too_long", maximum: 20 },
      { field: "label", code: "invalid_characters" },
      { field: "countryCode", code: "invalid_country_code" },
      { field: "number", code: "blank" },
      { field: "extension", code: "invalid_extension" },
    ])
  })

  it("answers every draft, with a number to store or with a violation", () => {
    const text = fc.option(
      fc.oneof(
        fc.string({ unit: "binary", maxLength: 80 }),
        fc.string({ unit: fc.constantFrom(..."0123456789 +-x"), maxLength: 20 }),
        fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 80 }).map((units) => String.fromCharCode(...units)),
        fc.constantFrom("constructor", "__proto__", "+1", "44", NUMBER, "+44 20 7946 0958 x5"),
      ),
    )
    fc.assert(
      fc.property(fc.record({ label: text, countryCode: text, number: text, extension: text }), (draft) => {
        const reading = read(draft)
        assert.strictEqual(reading.phoneNumber === null, reading.violations.length > 0)
        for (const value of Object.values(reading.shown)) assert.isAtMost(Array.from(value ?? "").length, 64)
      }),
      { numRuns: 1000 },
    )
  })

  it("reads what it shows of a valid draft as the same again", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[2-9]\d{9}( x\d{1,9})?$/), fc.string({ maxLength: 30 }), (number, label) => {
        const first = read({ number, label })
        if (first.phoneNumber === null) return
        assert.deepEqual(read(first.shown).shown, first.shown)
      }),
    )
  })
})

describe("readPhoneNumberDrafts", () => {
  const twice: PhoneNumberViolation = { field: "isPrimary", code: "multiple_primaries" }
  it("refuses two that ask to be the primary, both", () => {
    const readings = readPhoneNumberDrafts(
      [
        { number: NUMBER, isPrimary: true },
        { number: NUMBER, isPrimary: false },
        { number: "1", isPrimary: true },
      ],
      "1",
    )
    assert.deepEqual(
      readings.map((reading) => reading.violations),
      [[twice], [], [{ field: "number", code: "too_short" }, twice]],
    )
    assert.deepEqual(
      readings.map((reading) => reading.phoneNumber === null),
      [true, false, true],
    )
  })
  it("takes one", () => {
    const [only] = readPhoneNumberDrafts([{ number: NUMBER, isPrimary: true }], "1")
    assert.deepInclude(only, { isPrimary: true, violations: [] })
  })
})
