import { Result } from "effect"
import {
  type PhoneNumberReading,
  type PhoneNumberDraft,
  readPhoneNumberDraft,
  writtenCode,
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
  type Field = "label" | "number" | "extension"
  const isAbsent = (field: Field) => draft[field] === undefined && !malformed.includes(field)
  const equals = (field: Field) =>
    isAbsent(field) || (draft[field] !== undefined && trimmed(draft[field]) === record[field])
  const sentCode = trimmed(draft.countryCode)
  const sameCode = sentCode === null || writtenCode(sentCode) === record.countryCode
  const sameNumber = sameCode && equals("number")
  const sameExtension = sameNumber && equals("extension")
  const sameLabel = equals("label")
  const { label, countryCode, number, rawNumber, extension, e164, typed } = record

  const reading = readPhoneNumberDraft(
    {
      ...draft,
      label: sameLabel ? null : draft.label,
      number: isAbsent("number") ? number : draft.number,
      countryCode: sameNumber ? null : draft.countryCode,
      extension: sameExtension ? null : draft.extension,
    },
    countryCode,
    sameNumber ? () => Result.succeed({ countryCode, number, rawNumber, extension: null, e164, typed }) : undefined,
  )
  // The request is silent on it, and so is its number.
  const noExtension = isAbsent("extension") && reading.shown.extension === null
  const stays = { ...(sameLabel && { label }), ...((sameExtension || noExtension) && { extension }) }
  return {
    ...reading,
    phoneNumber: reading.phoneNumber === null ? null : { ...reading.phoneNumber, ...stays },
    shown: { ...reading.shown, ...stays },
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
