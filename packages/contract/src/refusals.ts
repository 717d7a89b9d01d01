import { Schema } from "effect"
import { Client } from "./client.ts"
import { Problem } from "./errors.ts"
import { PhoneNumber } from "./phone-number.ts"

/** Messages by field, as the original service words them. */
export const FieldErrors = Schema.Record(Schema.String, Schema.Array(Schema.String)).annotate({
  identifier: "FieldErrors",
  description: "Messages for people, by field; `base` is the record as a whole.",
})
export type FieldErrors = typeof FieldErrors.Type

const text = Schema.NullOr(Schema.String)
const fields = { country_code: text, raw_number: text, number: text, extension: text, label: text }
const errors = { errors: Schema.optionalKey(FieldErrors) }
const problem = { error: Schema.String, message: Schema.String, problems: Schema.Array(Problem) }

/** A phone number that was refused, or stood beside one that was: as it would have been. */
export const RefusedPhoneNumber = Schema.Struct({
  id: Schema.Null,
  url: Schema.Null,
  ...fields,
  updated_at: Schema.Null,
  ...errors,
}).annotate({
  identifier: "RefusedPhoneNumber",
  description: "As it would have been: a refused text as sent, cut at 64 characters; a value of a wrong type as null.",
})
export type RefusedPhoneNumber = typeof RefusedPhoneNumber.Type

/** A client that was refused, or stood beside one that was: as it would have been. */
export const RefusedClient = Schema.Struct({
  id: Schema.Null,
  url: Schema.Null,
  name: text,
  primary_phone_number: Schema.Null,
  phone_numbers: Schema.Array(RefusedPhoneNumber),
  updated_at: Schema.Null,
  ...errors,
}).annotate({ identifier: "RefusedClient" })
export type RefusedClient = typeof RefusedClient.Type

/** A refused create: every item, in request order. */
export const InvalidPhoneNumbers = Schema.Struct({
  ...problem,
  phone_numbers: Schema.Array(RefusedPhoneNumber),
}).annotate({ identifier: "InvalidPhoneNumbers" })
export type InvalidPhoneNumbers = typeof InvalidPhoneNumbers.Type

/** As `InvalidPhoneNumbers`, for clients. */
export const InvalidClients = Schema.Struct({ ...problem, clients: Schema.Array(RefusedClient) }).annotate({
  identifier: "InvalidClients",
})
export type InvalidClients = typeof InvalidClients.Type

/** A refused update: the record with the rejected values, its own id, url and time, and what is wrong. */
export const InvalidPhoneNumber = Schema.Struct({ ...PhoneNumber.fields, ...fields, ...problem, ...errors }).annotate({
  identifier: "InvalidPhoneNumber",
})
export type InvalidPhoneNumber = typeof InvalidPhoneNumber.Type

/** As `InvalidPhoneNumber`, for a client. */
export const InvalidClient = Schema.Struct({ ...Client.fields, name: text, ...problem, ...errors }).annotate({
  identifier: "InvalidClient",
})
export type InvalidClient = typeof InvalidClient.Type
