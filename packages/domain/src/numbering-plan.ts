import { Result } from "effect"
import {
  type CountryCode,
  Metadata,
  type MetadataJson,
  type PhoneNumber,
  parsePhoneNumberWithError,
} from "libphonenumber-js/core"
import metadataJson from "libphonenumber-js/metadata.max.json"
import { MAX_NUMBER_LENGTH, type TelephoneNumber, type WrittenNumber } from "./phone-number.ts"
import { isLonger, legible } from "./text.ts"
import { NORTH_AMERICA, readUsualSpelling } from "./usual-spelling.ts"
import type { PhoneNumberViolation, ViolationCode } from "./violation.ts"

const metadata: MetadataJson = metadataJson

const ARGENTINA = "54"
/** Mexico, Argentina, Brazil: their mobile numbers have an area code too. */
const GEOGRAPHICAL_MOBILES = new Set(["52", ARGENTINA, "55"])
/** Where libphonenumber-js keeps the national prefix in the array of a plan. */
const NATIONAL_PREFIX = 5

/** Whether the digits are a country calling code that is in use: `"1"`, `"44"`, `"800"` (international freephone). */
export const isCallingCode = (digits: string): boolean =>
  Object.hasOwn(metadata.country_calling_codes, digits) || Object.hasOwn(metadata.nonGeographic, digits)

/**
 * Reads a number as people write it.
 *
 * @returns the number; its `extension` is the one written inside the text. Or why not: `too_long`, `too_short`,
 * `invalid_number`, `country_code_conflict`, `ambiguous` (what would be shown would not read as the same number again).
 */
export const readTelephoneNumber = (
  written: WrittenNumber,
  defaultCountryCode: string,
): Result.Result<TelephoneNumber, PhoneNumberViolation> =>
  readUsualSpelling(written, defaultCountryCode) ?? readAnySpelling(written, defaultCountryCode)

/** As `readTelephoneNumber`, whatever the spelling. */
export const readAnySpelling = (
  written: WrittenNumber,
  defaultCountryCode: string,
): Result.Result<TelephoneNumber, PhoneNumberViolation> => {
  const tooLong = lengthViolation(written.number)
  if (tooLong !== null) return Result.fail(tooLong)
  return identify(written, defaultCountryCode).pipe(
    Result.flatMap((phone) => present(phone, written.number)),
    Result.mapError((code) => ({ field: "number", code })),
  )
}

const lengthViolation = (number: string): PhoneNumberViolation | null =>
  isLonger(number, MAX_NUMBER_LENGTH) ? { field: "number", code: "too_long", maximum: MAX_NUMBER_LENGTH } : null

/** What is wrong with a number as written, whatever its plan: it is too long a text, or no number at all; or null. */
export const violationInAnyPlan = (number: string): PhoneNumberViolation | null => {
  const tooLong = lengthViolation(number)
  if (tooLong !== null) return tooLong
  const text = normalize(number)
  const reading = parse(text, NORTH_AMERICA)
  const isNone = Result.isFailure(reading) && reading.failure === "invalid_number"
  return isNone || HAS_PARAMETERS.test(text) ? { field: "number", code: "invalid_number" } : null
}

/** Whether a number is written with its country calling code: `+44 …`, `0044 …`, and from country code 1 `011 44 …`. */
export const isInternational = (written: WrittenNumber, defaultCountryCode: string): boolean => {
  const text = normalize(written.number)
  return internationalForm(text, written.countryCode ?? defaultCountryCode) !== null
}

// What libphonenumber takes for punctuation and `normalize` leaves of it.
const PUNCTUATION = /[-\u2010-\u2015\u2212\u30FC/. ()[\]~\u2053\u223C]*/u.source
const PLUS_OR_00 = new RegExp(`^${PUNCTUATION}(?:\\+|00)`, "u")
const PLUS_OR_00_OR_011 = new RegExp(`^${PUNCTUATION}(?:\\+|00|011)`, "u")

const normalize = (text: string): string =>
  legible(text)
    .replace(/[\u00B7\u2022\u2027\u2219\u22C5]/gu, ".")
    // NFKC leaves the Arabic-Indic digits that libphonenumber reads; their last four bits are the digit.
    .replace(/[\u0660-\u0669\u06F0-\u06F9]/gu, (digit) => String(digit.charCodeAt(0) & 0xf))

/** The text as `+…`, or null where it does not name its country calling code. */
const internationalForm = (text: string, countryCode: string): string | null => {
  const prefix = countryCode === NORTH_AMERICA ? PLUS_OR_00_OR_011 : PLUS_OR_00
  return prefix.test(text) ? text.replace(prefix, "+") : null
}

/** libphonenumber drops or moves what these introduce, although it was told not to dig. */
const HAS_PARAMETERS = /;(?:phone-context|isub)=/u

/**
 * The number a text stands for, by every rule but those of its presentation. A text that begins `00` or `011` is read as
 * `+…` first and as it stands only where that is not possible.
 */
const identify = (
  { number, countryCode }: WrittenNumber,
  defaultCountryCode: string,
): Result.Result<PhoneNumber, ViolationCode> => {
  const text = normalize(number)
  if (HAS_PARAMETERS.test(text)) return Result.fail("invalid_number")

  const plan = countryCode ?? defaultCountryCode
  const first = parse(internationalForm(text, plan) ?? text, plan)
  const asItStands = isPossible(first) ? first : parse(text, plan)
  return Result.flatMap(isPossible(asItStands) ? asItStands : first, (phone) => {
    const conflict = countryCode !== null && phone.countryCallingCode !== countryCode
    const refusal = conflict ? "country_code_conflict" : impossibility(phone)
    return refusal === null ? Result.succeed(phone) : Result.fail(refusal)
  })
}

const parse = (text: string, countryCode: string): Result.Result<PhoneNumber, ViolationCode> =>
  Result.try({
    try: () => parsePhoneNumberWithError(text, { defaultCallingCode: countryCode, extract: false }, metadata),
    catch: (refusal) => PARSE_REFUSALS.get((refusal as Error).message) ?? "invalid_number",
  })

const PARSE_REFUSALS: ReadonlyMap<string, ViolationCode> = new Map([
  ["TOO_SHORT", "too_short"],
  ["TOO_LONG", "too_long"],
])

const isPossible = (reading: Result.Result<PhoneNumber, ViolationCode>): boolean =>
  Result.isSuccess(reading) && impossibility(reading.success) === null

/** Why a number cannot be one of its plan, or null. */
const impossibility = (phone: PhoneNumber): ViolationCode | null => {
  const northAmerican = phone.countryCallingCode === NORTH_AMERICA
  // libphonenumber calls +1 154 155 5012 possible: `1-541-555-012`, one digit lost, would become it without a word.
  if (northAmerican ? /^[2-9]\d{9}$/u.test(phone.nationalNumber) : phone.isPossible()) return null
  const lengths = northAmerican ? [10] : possibleLengths(phone)
  const { length } = phone.nationalNumber
  if (length < Math.min(...lengths)) return "too_short"
  return length > Math.max(...lengths) ? "too_long" : "invalid_number"
}

const possibleLengths = ({ country, countryCallingCode }: PhoneNumber): ReadonlyArray<number> => {
  const plans = new Metadata(metadata)
  plans.selectNumberingPlan((country ?? countryCallingCode) as CountryCode)
  return plans.numberingPlan?.possibleLengths() ?? []
}

const present = (phone: PhoneNumber, typed: string): Result.Result<TelephoneNumber, ViolationCode> => {
  const { countryCallingCode: countryCode, nationalNumber, number: e164 } = phone
  const groups = phone
    .formatInternational({ formatExtension: (formatted) => formatted })
    .split(" ")
    .slice(1)
  const number = groups.join("-")
  const readsAsTheSame = (text: string) =>
    Result.getOrUndefined(identify({ number: text, countryCode }, countryCode))?.number === e164
  // Else a record put back as it was shown would change.
  if (groups.join("") !== nationalNumber || !readsAsTheSame(`+${countryCode}${number}`) || !readsAsTheSame(number)) {
    return Result.fail("ambiguous")
  }
  const rawNumber = nationalNumber.slice(areaCodeLength(phone, groups))
  return Result.succeed({ countryCode, number, rawNumber, extension: phone.ext ?? null, e164, typed })
}

/**
 * The digits of the area code, 0 for a number without one. Google's `getLengthOfGeographicalAreaCode`, which
 * libphonenumber-js lacks, as the npm build of google-libphonenumber computes it; but always 3 in North America.
 */
const areaCodeLength = (phone: PhoneNumber, groups: ReadonlyArray<string>): number => {
  const { country, countryCallingCode, nationalNumber } = phone
  if (countryCallingCode === NORTH_AMERICA) return 3
  if (country === undefined) return 0
  // A plan without a national prefix has no area codes, but for those whose numbers keep their leading zero (Italy).
  const nationalPrefix = metadata.countries[country]?.[NATIONAL_PREFIX]
  if (!nationalPrefix && !nationalNumber.startsWith("0")) return 0
  const type = phone.getType()
  const geographicalMobile = type === "MOBILE" && GEOGRAPHICAL_MOBILES.has(countryCallingCode)
  if (type !== "FIXED_LINE" && type !== "FIXED_LINE_OR_MOBILE" && !geographicalMobile) return 0
  const [first = "", second] = groups
  if (second === undefined) return 0
  // Argentina writes the mobile token as a group of its own: +54 9 11 2345 6789.
  return type === "MOBILE" && countryCallingCode === ARGENTINA ? first.length + second.length : first.length
}
