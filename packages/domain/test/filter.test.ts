import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { type Filter, type FilterViolation, readFilters } from "../src/index.ts"

const read = (...filters: ReadonlyArray<Filter>) => {
  const reading = readFilters(filters, "1")
  return Result.isSuccess(reading) ? reading.success : reading.failure.map(({ code }) => code)
}
const filter = (field: Filter["field"], text: string, operator: Filter["operator"] = "eq"): Filter => ({
  field,
  operator,
  text,
})

describe("readFilters", () => {
  it.each([
    "(541) 555-0987",
    "+15415550987",
    " 15415550987",
    " +15415550987",
    " \uFF0B15415550987",
    "541.555.0987",
    "1-541-555-0987",
  ])("finds a number by its spelling %j", (text) => {
    assert.deepEqual(read(filter("number", text)), [
      { field: "e164", operator: "eq", value: "+15415550987", extension: null },
    ])
  })

  it("keeps the extension that a number is asked for with", () => {
    assert.deepEqual(read(filter("number", "541.555.0987 x5")), [
      { field: "e164", operator: "eq", value: "+15415550987", extension: "5" },
    ])
  })

  it("reads a number under the country code asked for", () => {
    assert.deepEqual(read(filter("number", "020 7946 0958"), filter("countryCode", "+44")), [
      { field: "e164", operator: "eq", value: "+442079460958", extension: null },
      { field: "countryCode", operator: "eq", value: "44" },
    ])
    // Only `eq` says which code it is.
    assert.deepEqual(read(filter("number", "020 7946 0958"), filter("countryCode", "44", "not_eq")), ["too_long"])
    assert.deepEqual(read(filter("number", "+44 20 7946 0958"), filter("countryCode", "1")), ["country_code_conflict"])
  })

  it("reads times in seconds", () => {
    assert.deepEqual(read(filter("updatedAt", "2017-12-15T00:12:21Z", "gte")), [
      { field: "updatedAt", operator: "gte", value: 1_513_296_741 },
    ])
    assert.deepEqual(read(filter("number", "\u202A 65 6123 4567\u202C")), read(filter("number", "+6561234567")))
    assert.deepEqual(read(filter("updatedAt", "2017-12-15T02:12:21 02:00")), [
      { field: "updatedAt", operator: "eq", value: 1_513_296_741 },
    ])
    assert.deepEqual(read(filter("updatedAt", "1970-01-02")), [{ field: "updatedAt", operator: "eq", value: 86_400 }])
    assert.deepEqual(read(filter("updatedAt", "2020-02-29T23:30:00.5-01:00", "lt")), [
      { field: "updatedAt", operator: "lt", value: 1_583_022_600.5 },
    ])
  })

  it("compares a country code with any digits, as they stand", () => {
    assert.deepEqual(read(filter("countryCode", "+2", "gte"), filter("countryCode", "029", "lt")), [
      { field: "countryCode", operator: "gte", value: "2" },
      { field: "countryCode", operator: "lt", value: "029" },
    ])
  })

  it("takes the largest id that there can be", () => {
    assert.deepEqual(read(filter("id", "9007199254740991")), [{ field: "id", operator: "eq", value: 2 ** 53 - 1 }])
  })

  it("takes a blank value for null", () => {
    assert.deepEqual(read(filter("label", " "), filter("number", ""), filter("id", "")), [
      { field: "label", operator: "eq", value: null },
      { field: "e164", operator: "eq", value: null, extension: null },
      { field: "id", operator: "eq", value: null },
    ])
  })

  it.each<[Filter, FilterViolation["code"]]>([
    [filter("id", "abc"), "invalid_value"],
    [filter("id", "-1"), "invalid_value"],
    [filter("id", "1e3"), "invalid_value"],
    [filter("id", "9007199254740992"), "invalid_value"],
    [filter("id", "9".repeat(400)), "invalid_value"],
    [filter("extension", "abc"), "invalid_value"],
    [filter("extension", "5a", "gt"), "invalid_value"],
    [filter("updatedAt", "yesterday"), "invalid_value"],
    [filter("updatedAt", "2017-13-45"), "invalid_value"],
    [filter("updatedAt", "2017-02-30"), "invalid_value"],
    [filter("updatedAt", "2017-02-29T00:00:00Z"), "invalid_value"],
    [filter("updatedAt", "2017-04-31T10:00:00+02:00"), "invalid_value"],
    [filter("countryCode", "999"), "invalid_country_code"],
    [filter("countryCode", "999", "not_eq"), "invalid_country_code"],
    [filter("countryCode", "1000", "gt"), "invalid_country_code"],
    [filter("countryCode", "x", "lte"), "invalid_country_code"],
    [filter("number", "555-0123"), "too_short"],
    [filter("number", "'; DROP TABLE clients"), "invalid_number"],
  ])("refuses %o", (given, code) => {
    assert.deepEqual(read(given), [code])
  })
})
