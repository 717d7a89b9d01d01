import { DateTime, Option, Result } from "effect"
import type { ViolationCode } from "./violation.ts"
import type { Condition, Operator } from "./listing.ts"
import { readTelephoneNumber } from "./numbering-plan.ts"
import { readCountryCode } from "./phone-number-draft.ts"
import { trimmed } from "./text.ts"

/** The fields of a phone number that a list can be filtered by. */
export const FILTER_FIELDS = ["id", "label", "countryCode", "number", "extension", "updatedAt"] as const
export type FilterField = (typeof FILTER_FIELDS)[number]

/** A filter as a caller sends it; a blank text means null. */
export interface Filter {
  readonly field: FilterField
  readonly operator: Operator
  readonly text: string
}

/** `filter` is the very one that was given, so that a caller can tell where it came from. */
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
      return numeric(field, operator, text, /^\d{1,16}$/u.test(text ?? "") ? Number(text) : null)
    case "updatedAt":
      return numeric(field, operator, text, text === null ? null : unixTime(text))
    case "label":
      return Result.succeed({ field, operator, value: text })
    case "extension":
      return Result.succeed({ field, operator, value: text?.normalize("NFKC") ?? null })
    case "countryCode": {
      const value = text === null ? null : readCountryCode(text)
      return text !== null && value === null
        ? Result.fail("invalid_country_code")
        : Result.succeed({ field, operator, value })
    }
    case "number": {
      // A plus that nobody encoded arrives as a space.
      const number = text !== null && filter.text.startsWith(" ") ? `+${text}` : text
      if (number === null) return Result.succeed({ field: "e164", operator, value: null, extension: null })
      return readTelephoneNumber({ number, countryCode }, defaultCountryCode).pipe(
        Result.map(({ e164, extension }) => ({ field: "e164" as const, operator, value: e164, extension })),
        Result.mapError(({ code }) => code),
      )
    }
  }
}

const numeric = (field: "id" | "updatedAt", operator: Operator, text: string | null, value: number | null): Reading =>
  text !== null && (value === null || !Number.isFinite(value))
    ? Result.fail("invalid_value")
    : Result.succeed({ field, operator, value })

const TIMESTAMP = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2}))?$/u

/** Unix seconds, with their fraction, of a time as ISO 8601 writes it; null for any other text. */
const unixTime = (text: string): number | null =>
  TIMESTAMP.test(text)
    ? Option.match(DateTime.make(text), { onNone: () => null, onSome: (time) => DateTime.toEpochMillis(time) / 1000 })
    : null
