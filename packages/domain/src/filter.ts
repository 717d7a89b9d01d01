import { DateTime, Option, Result } from "effect"
import type { ViolationCode } from "./violation.ts"
import type { Condition, Operator } from "./listing.ts"
import { readTelephoneNumber } from "./numbering-plan.ts"
import { readCountryCode } from "./phone-number-draft.ts"
import { legible, trimmed } from "./text.ts"

/** The fields of a phone number that a list can be filtered by. */
export const FILTER_FIELDS = ["id", "label", "countryCode", "number", "extension", "updatedAt"] as const
export type FilterField = (typeof FILTER_FIELDS)[number]

/** A filter as a caller sends it; a blank text means null. */
export interface Filter {
  readonly field: FilterField
  readonly operator: Operator
  readonly text: string
}

/** Why a filter cannot be read. `filter` is the very one that was given: a caller can tell by it where it came from. */
export interface FilterViolation<Given extends Filter = Filter> {
  readonly filter: Given
  readonly code: ViolationCode | "invalid_value"
}

/**
 * Reads the filters of one list. A number is read exactly as on write: under the country code that is asked for
 * (`eq`), else the default, so that any spelling finds it.
 *
 * @param defaultCountryCode digits
 */
export const readFilters = <Given extends Filter>(
  filters: ReadonlyArray<Given>,
  defaultCountryCode: string,
): Result.Result<ReadonlyArray<Condition>, ReadonlyArray<FilterViolation<Given>>> => {
  const asked = filters.find(({ field, operator }) => field === "countryCode" && operator === "eq")
  const countryCode = asked === undefined ? null : readCountryCode(asked.text)
  const readings = filters.map((filter) =>
    Result.mapError(readFilter(filter, countryCode, defaultCountryCode), (code) => ({ filter, code })),
  )
  const violations = readings.filter(Result.isFailure).map(({ failure }) => failure)
  return violations.length > 0
    ? Result.fail(violations)
    : Result.succeed(readings.filter(Result.isSuccess).map(({ success }) => success))
}

type Reading = Result.Result<Condition, FilterViolation["code"]>

const readFilter = (filter: Filter, countryCode: string | null, defaultCountryCode: string): Reading => {
  const { field, operator } = filter
  const text = trimmed(filter.text)
  switch (field) {
    case "id":
      return numeric(field, operator, text, readId)
    case "updatedAt":
      return numeric(field, operator, text, readUnixTime)
    case "label":
      return Result.succeed({ field, operator, value: text })
    case "extension": {
      const value = text === null ? null : legible(text)
      return value === null || /^\d+$/u.test(value)
        ? Result.succeed({ field, operator, value })
        : Result.fail("invalid_value")
    }
    case "countryCode": {
      const read = operator === "eq" || operator === "not_eq" ? readCountryCode : readDigits
      const value = text === null ? null : read(text)
      return text !== null && value === null
        ? Result.fail("invalid_country_code")
        : Result.succeed({ field, operator, value })
    }
    case "number": {
      // A plus that nobody encoded arrives as a space; after a space there may also be one that somebody encoded.
      const given = legible(filter.text)
      const plusLost = text !== null && given.startsWith(" ") && !given.trim().startsWith("+")
      const number = plusLost ? `+${text}` : text
      if (number === null) return Result.succeed({ field: "e164", operator, value: null, extension: null })
      return readTelephoneNumber({ number, countryCode }, defaultCountryCode).pipe(
        Result.map(({ e164, extension }) => ({ field: "e164" as const, operator, value: e164, extension })),
        Result.mapError(({ code }) => code),
      )
    }
  }
}

const numeric = (
  field: "id" | "updatedAt",
  operator: Operator,
  text: string | null,
  read: (text: string) => number | null,
): Reading => {
  const value = text === null ? null : read(text)
  return text !== null && value === null ? Result.fail("invalid_value") : Result.succeed({ field, operator, value })
}

const readId = (text: string): number | null =>
  /^\d+$/u.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : null

/** One to three digits, with or without a plus: what `gt` and its kin compare country codes with, as texts. */
const readDigits = (text: string): string | null => /^\+?(\d{1,3})$/u.exec(legible(text))?.[1] ?? null

/** A plus that nobody encoded arrives as a space. */
const LOST_PLUS = / (?=\d{2}:\d{2}$)/u
const TIMESTAMP = /^(\d{4}-\d{2}-\d{2})(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/u

/** Unix seconds, with their fraction, of a time as ISO 8601 writes it; null for any other text. */
const readUnixTime = (given: string): number | null => {
  const text = given.replace(LOST_PLUS, "+")
  const date = TIMESTAMP.exec(text)?.[1]
  if (date === undefined || !isInCalendar(date)) return null
  const time = DateTime.make(text)
  return Option.isSome(time) ? DateTime.toEpochMillis(time.value) / 1000 : null
}

/** JavaScript reads the 30th of February as the 2nd of March. */
const isInCalendar = (date: string): boolean =>
  Option.exists(DateTime.make(date), (day) => DateTime.formatIsoDateUtc(day) === date)
