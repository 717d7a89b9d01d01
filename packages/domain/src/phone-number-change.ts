import { Result } from "effect"
import {
  type PhoneNumberReading,
  type PhoneNumberDraft,
  readCountryCode,
  readPhoneNumberDraft,
} from "./phone-number-draft.ts"
import type { PhoneNumber } from "./phone-number.ts"
import { trimmed } from "./text.ts"

/**
 * Reads an update of a phone number: what is absent stays as it is. Number, country code and extension are one value: a
 * number that is sent brings its own code and extension, or keeps the record's; a code alone reads the stored number under
 * it. What equals the stored value is not judged again, so that a record put back as it was shown changes nothing.
 */
export const readChange = (record: PhoneNumber, draft: PhoneNumberDraft): PhoneNumberReading => {
  const malformed = draft.malformed ?? []
  const stays = (field: "label" | "number" | "extension") => draft[field] === undefined && !malformed.includes(field)
  const sentCode = trimmed(draft.countryCode)
  const sameCode = sentCode === null || readCountryCode(sentCode) === record.countryCode
  const sameNumber = stays("number") || trimmed(draft.number) === record.number
  const kept = sameCode && sameNumber
  const { countryCode, number, rawNumber, e164, typed } = record

  const reading = readPhoneNumberDraft(
    {
      ...draft,
      label: stays("label") ? record.label : draft.label,
      number: stays("number") ? number : draft.number,
      countryCode: kept ? null : draft.countryCode,
    },
    countryCode,
    kept ? () => Result.succeed({ countryCode, number, rawNumber, extension: null, e164, typed }) : undefined,
  )
  if (!stays("extension") || reading.shown.extension !== null) return reading
  // Neither the request nor its number names an extension: the record's stays.
  const { extension } = record
  return {
    ...reading,
    phoneNumber: reading.phoneNumber === null ? null : { ...reading.phoneNumber, extension },
    shown: { ...reading.shown, extension },
  }
}

/** Whether an update would leave the record as it is shown. */
export const changesNothing = (
  record: PhoneNumber,
  change: Pick<PhoneNumber, "label" | "e164" | "number" | "extension" | "isPrimary">,
): boolean =>
  change.label === record.label &&
  change.e164 === record.e164 &&
  change.number === record.number &&
  change.extension === record.extension &&
  change.isPrimary === record.isPrimary
