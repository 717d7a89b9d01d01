import { Schema } from "effect"

/** The id of a record: a positive safe integer, never used twice. */
export const Id = Schema.Int.check(Schema.isGreaterThan(0))

/** When a record last changed. */
export const Timestamp = Schema.String.check(Schema.isPattern(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u)).annotate({
  description: "UTC, to the second.",
})

const TextOrDigits = Schema.Union([Schema.String, Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))])

/** In every field a blank string is as null. */
const BlankString = Schema.String.check(Schema.isPattern(/^\s*$/u))

/** What may be absent, and what it means. */
const optional = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.optionalKey(schema.annotate({ description }))

const Digits = Schema.NullOr(TextOrDigits)
const Flag = Schema.NullOr(Schema.Union([Schema.Boolean, BlankString]))

const input = {
  label: optional(
    Schema.NullOr(Schema.String),
    "At most 20 characters, no control characters. Trimmed; blank is as null.",
  ),
  country_code: optional(
    Digits,
    "The country calling code, with or without its plus. Absent: taken from a number that names its own (+44 …, 0044 …), else the " +
      "deployment's default, 1 unless it says otherwise.",
  ),
  number: TextOrDigits.annotate({
    description:
      "With its area code, in any punctuation people write, at most 64 characters; the international form too. An " +
      "extension written in it (541-555-0987 x5) moves to `extension`. An integer is taken as its digits.",
  }),
  extension: optional(Digits, "At most 15 digits, leading zeros kept. An integer is taken as its digits."),
  is_primary: optional(
    Flag,
    "True makes it the client's primary number in place of the former one. Absent or null: true for the first one " +
      "that says nothing, where the client has no number yet and no other says true; else false.",
  ),
}

/** What a caller sends for one new phone number: its types alone, the rules are the domain's. */
export const PhoneNumberInput = Schema.Struct(input).annotate({
  identifier: "PhoneNumberInput",
  description: "A phone number to create. Keys that are not listed are ignored.",
})
export type PhoneNumberInput = typeof PhoneNumberInput.Type

const change = {
  ...input,
  country_code: optional(
    Digits,
    "The country calling code, with or without its plus. Absent: taken from a number that names its own (+44 …, 0044 …), else the " +
      "record's. Sent alone, the stored number is read under it.",
  ),
  number: Schema.optionalKey(input.number),
  extension: optional(
    Digits,
    "At most 15 digits, leading zeros kept. Absent: as it is, unless the number is sent with another.",
  ),
  is_primary: optional(
    Flag,
    "True makes it the client's primary number in place of the former one; false, where it is that, leaves the " +
      "client without. Absent or null: as it is.",
  ),
}

/** What a caller sends to change a phone number. */
export const PhoneNumberChange = Schema.Struct(change).annotate({
  identifier: "PhoneNumberChange",
  description:
    "What to change of a phone number: a key that is absent leaves its field alone, null clears `label` and " +
    "`extension`. Keys that are not listed are ignored, so a record can be put back as it was answered.",
})
export type PhoneNumberChange = typeof PhoneNumberChange.Type

/** Most phone numbers, or clients, that one request may create. */
export const MAX_ITEMS = 100

/** The body that creates phone numbers. */
export const PhoneNumbersInput = Schema.Struct({
  phone_numbers: Schema.Array(PhoneNumberInput).check(Schema.isMinLength(1), Schema.isMaxLength(MAX_ITEMS)),
}).annotate({ identifier: "PhoneNumbersInput" })
export type PhoneNumbersInput = typeof PhoneNumbersInput.Type

/** A phone number as answered: exactly these keys, in this order. */
export const PhoneNumber = Schema.Struct({
  id: Id,
  url: Schema.String.annotate({ description: "Its path, without /v9 and without a host." }),
  country_code: Schema.String.annotate({ description: "The country calling code: digits, no plus." }),
  raw_number: Schema.String.annotate({ description: "The digits after the area code." }),
  number: Schema.String.annotate({ description: "The national number in its usual groups, joined by hyphens." }),
  extension: Schema.NullOr(Schema.String),
  label: Schema.NullOr(Schema.String),
  updated_at: Timestamp,
}).annotate({ identifier: "PhoneNumber" })
export type PhoneNumber = typeof PhoneNumber.Type

/** What stands around every list. */
export const envelope = {
  current_page: Schema.Int,
  per_page: Schema.Int,
  total_entries: Schema.Int.annotate({ description: "All that match a list; of a create, what it created." }),
}

/** Phone numbers in an envelope: a create's answer, or a page of a list. */
export const PhoneNumbers = Schema.Struct({ ...envelope, phone_numbers: Schema.Array(PhoneNumber) }).annotate({
  identifier: "PhoneNumbers",
})
export type PhoneNumbers = typeof PhoneNumbers.Type

/** The answer to a delete: what is no more. */
export const DeletedPhoneNumbers = Schema.Struct({
  phone_numbers: Schema.Array(Schema.Struct({ id: Id })),
}).annotate({ identifier: "DeletedPhoneNumbers" })
export type DeletedPhoneNumbers = typeof DeletedPhoneNumbers.Type
