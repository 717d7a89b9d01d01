import { Schema } from "effect"

const SafeNonNegativeInteger = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))

/** Text, or a non-negative safe integer that is taken as its digits. */
const TextOrDigits = Schema.Union([Schema.String, SafeNonNegativeInteger])

/** In every field a blank string is as null. */
const BlankString = Schema.String.check(Schema.isPattern(/^\s*$/u))

/** What a caller sends for one phone number: its types alone, the rules are the domain's. Other keys are ignored. */
export const PhoneNumberInput = Schema.Struct({
  label: Schema.optional(Schema.NullOr(Schema.String)),
  country_code: Schema.optional(Schema.NullOr(TextOrDigits)),
  number: Schema.optional(Schema.NullOr(TextOrDigits)),
  extension: Schema.optional(Schema.NullOr(TextOrDigits)),
  is_primary: Schema.optional(Schema.NullOr(Schema.Union([Schema.Boolean, BlankString]))),
}).annotate({ identifier: "PhoneNumberInput" })
export type PhoneNumberInput = typeof PhoneNumberInput.Type

/** A phone number as answered: exactly these keys, in this order. */
export const PhoneNumber = Schema.Struct({
  id: Schema.Int,
  url: Schema.String,
  country_code: Schema.String,
  raw_number: Schema.String,
  number: Schema.String,
  extension: Schema.NullOr(Schema.String),
  label: Schema.NullOr(Schema.String),
  updated_at: Schema.String,
}).annotate({ identifier: "PhoneNumber" })
export type PhoneNumber = typeof PhoneNumber.Type

/** Messages by field, as the original service words them. */
export const FieldErrors = Schema.Record(Schema.String, Schema.Array(Schema.String)).annotate({
  identifier: "FieldErrors",
})
export type FieldErrors = typeof FieldErrors.Type

/** A phone number that was refused, or stood beside one that was: as it would have been. */
export const RefusedPhoneNumber = Schema.Struct({
  id: Schema.Null,
  url: Schema.Null,
  country_code: Schema.NullOr(Schema.String),
  raw_number: Schema.NullOr(Schema.String),
  number: Schema.NullOr(Schema.String),
  extension: Schema.NullOr(Schema.String),
  label: Schema.NullOr(Schema.String),
  updated_at: Schema.Null,
  errors: Schema.optionalKey(FieldErrors),
}).annotate({ identifier: "RefusedPhoneNumber" })
export type RefusedPhoneNumber = typeof RefusedPhoneNumber.Type

const page = { current_page: Schema.Int, per_page: Schema.Int, total_entries: Schema.Int }

/** Phone numbers in an envelope: a create's answer, or a page of a list. */
export const PhoneNumbers = Schema.Struct({ ...page, phone_numbers: Schema.Array(PhoneNumber) }).annotate({
  identifier: "PhoneNumbers",
})
export type PhoneNumbers = typeof PhoneNumbers.Type
