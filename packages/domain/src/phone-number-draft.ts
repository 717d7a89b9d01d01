import { Result } from "effect"
import { isCallingCode, isInternational, readTelephoneNumber, violationInAnyPlan } from "./numbering-plan.ts"
import { MAX_EXTENSION_LENGTH, MAX_LABEL_LENGTH, type NewPhoneNumber } from "./phone-number.ts"
import { competingPrimaries } from "./primary.ts"
import { excerpt, legible, lineViolations, trimmed } from "./text.ts"
import type { PhoneNumberField, PhoneNumberViolation } from "./violation.ts"

/** What a caller sends for one phone number. Absent and null mean the same, and so does blank text. */
export interface PhoneNumberDraft {
  readonly label?: string | null | undefined
  /** The country calling code, with or without its plus. */
  readonly countryCode?: string | null | undefined
  readonly number?: string | null | undefined
  readonly extension?: string | null | undefined
  readonly isPrimary?: boolean | null | undefined
  /** The fields whose value was of another type, and so is not here: each is refused as `wrong_type`. */
  readonly malformed?: ReadonlyArray<PhoneNumberField>
}

/** A draft as an answer to a refused request shows it: what would have been stored, and what was refused as sent. */
export interface ShownPhoneNumber {
  readonly label: string | null
  readonly countryCode: string | null
  readonly number: string | null
  /** Null unless the number could be read. */
  readonly rawNumber: string | null
  readonly extension: string | null
}

/** A draft after the rules. */
export interface PhoneNumberReading {
  /** What to store, or null where anything is wrong. */
  readonly phoneNumber: Omit<NewPhoneNumber, "isPrimary"> | null
  /** What the draft says of being the primary; null says nothing. */
  readonly isPrimary: boolean | null
  readonly shown: ShownPhoneNumber
  /** All that is wrong. */
  readonly violations: ReadonlyArray<PhoneNumberViolation>
}

/** A reading without a violation. */
export interface ValidPhoneNumberReading extends PhoneNumberReading {
  readonly phoneNumber: Omit<NewPhoneNumber, "isPrimary">
}

export const isValidPhoneNumber = (reading: PhoneNumberReading): reading is ValidPhoneNumberReading =>
  reading.phoneNumber !== null

/** Reads all drafts of one request, which may name one primary at most. `defaultCountryCode` in digits. */
export const readPhoneNumberDrafts = (
  drafts: ReadonlyArray<PhoneNumberDraft>,
  defaultCountryCode: string,
): ReadonlyArray<PhoneNumberReading> => {
  const readings = drafts.map((draft) => readPhoneNumberDraft(draft, defaultCountryCode))
  const competing = new Set(competingPrimaries(readings.map((reading) => reading.isPrimary)))
  return readings.map((reading, index) => (competing.has(index) ? refusePrimary(reading) : reading))
}

const refusePrimary = (reading: PhoneNumberReading): PhoneNumberReading => ({
  ...reading,
  phoneNumber: null,
  violations: [...reading.violations, { field: "isPrimary", code: "multiple_primaries" }],
})

/**
 * Reads one draft, all that is wrong with it at once.
 *
 * @param defaultCountryCode digits
 * @param readNumber how its number is read: by the numbering plan, but where it is known already.
 */
export const readPhoneNumberDraft = (
  draft: PhoneNumberDraft,
  defaultCountryCode: string,
  readNumber: typeof readTelephoneNumber = readTelephoneNumber,
): PhoneNumberReading => {
  const malformed = draft.malformed ?? []
  if (malformed.includes("base")) return NOTHING_READ

  const label = trimmed(draft.label)
  const number = trimmed(draft.number)
  const extension = draft.extension == null ? null : trimmed(legible(draft.extension))
  const sentCode = trimmed(draft.countryCode)
  const countryCode = sentCode === null ? null : readCountryCode(sentCode)

  const codeRefused = sentCode !== null && countryCode === null
  const codeReadable = !codeRefused && !malformed.includes("countryCode")
  const reading = number !== null && codeReadable ? readNumber({ number, countryCode }, defaultCountryCode) : null
  const telephone = reading === null ? null : Result.getOrNull(reading)
  const unplanned = number !== null && !codeReadable ? violationInAnyPlan(number) : null
  const writtenExtension = malformed.includes("extension") ? null : (telephone?.extension ?? null)

  const violations: ReadonlyArray<PhoneNumberViolation> = [
    ...malformed.map((field) => ({ field, code: "wrong_type" as const })),
    ...lineViolations("label", label, MAX_LABEL_LENGTH),
    ...(codeRefused ? [{ field: "countryCode", code: "invalid_country_code" } as const] : []),
    ...(number === null && !malformed.includes("number") ? [{ field: "number", code: "blank" } as const] : []),
    ...(reading !== null && Result.isFailure(reading) ? [reading.failure] : []),
    ...(unplanned === null ? [] : [unplanned]),
    ...judgeExtension(extension, writtenExtension),
  ]
  const refused = (field: PhoneNumberField) => violations.some((violation) => violation.field === field)
  const assumedCode = () =>
    number !== null && isInternational({ number, countryCode }, defaultCountryCode) ? null : defaultCountryCode
  const shown: ShownPhoneNumber = {
    label: refused("label") ? excerpt(draft.label) : label,
    countryCode: refused("countryCode")
      ? excerpt(draft.countryCode)
      : (telephone?.countryCode ?? countryCode ?? assumedCode()),
    number: telephone?.number ?? (number === null ? null : excerpt(draft.number)),
    rawNumber: telephone?.rawNumber ?? null,
    extension: refused("extension") && extension !== null ? excerpt(draft.extension) : (extension ?? writtenExtension),
  }
  return {
    phoneNumber:
      telephone === null || violations.length > 0
        ? null
        : { ...telephone, label, extension: extension ?? writtenExtension },
    isPrimary: draft.isPrimary ?? null,
    shown,
    violations,
  }
}

const NOTHING_READ: PhoneNumberReading = {
  phoneNumber: null,
  isPrimary: null,
  shown: { label: null, countryCode: null, number: null, rawNumber: null, extension: null },
  violations: [{ field: "base", code: "wrong_type" }],
}

const COUNTRY_CODE = /^\+?([1-9]\d{0,2})$/u

/** The digits of what is written as a country calling code, with or without its plus; null where it is nothing of the kind. */
export const writtenCode = (text: string): string | null =>
  // As it stands first: nearly every one is in ASCII, and to normalise it costs more than to read it.
  (COUNTRY_CODE.exec(text) ?? COUNTRY_CODE.exec(legible(text).trim()))?.[1] ?? null

/** The digits of a country calling code with or without its plus; null where there is no such code. */
export const readCountryCode = (text: string): string | null => {
  const digits = writtenCode(text)
  return digits !== null && isCallingCode(digits) ? digits : null
}

/** What is wrong with an extension, given as such or written inside the number. */
const judgeExtension = (given: string | null, written: string | null): ReadonlyArray<PhoneNumberViolation> => {
  if (given !== null && !/^\d+$/u.test(given)) return [{ field: "extension", code: "invalid_extension" }]
  if (given !== null && written !== null && given !== written) {
    return [{ field: "extension", code: "extension_conflict" }]
  }
  const tooLong = (given ?? written ?? "").length > MAX_EXTENSION_LENGTH
  return tooLong ? [{ field: "extension", code: "too_long", maximum: MAX_EXTENSION_LENGTH }] : []
}
