import { Schema } from "effect"
import { FieldErrors, PhoneNumber, RefusedPhoneNumber } from "./phone-number.ts"

/** What a caller sends for one client: its types alone. Nested phone numbers are read item by item. */
export const ClientInput = Schema.Struct({
  name: Schema.optional(Schema.NullOr(Schema.String)),
  phone_numbers: Schema.optional(Schema.NullOr(Schema.Array(Schema.Unknown))),
}).annotate({ identifier: "ClientInput" })
export type ClientInput = typeof ClientInput.Type

/** A client as answered: exactly these keys, in this order. */
export const Client = Schema.Struct({
  id: Schema.Int,
  url: Schema.String,
  name: Schema.String,
  primary_phone_number: Schema.NullOr(PhoneNumber),
  phone_numbers: Schema.Array(PhoneNumber),
  updated_at: Schema.String,
}).annotate({ identifier: "Client" })
export type Client = typeof Client.Type

/** A client that was refused, or stood beside one that was: as it would have been. */
export const RefusedClient = Schema.Struct({
  id: Schema.Null,
  url: Schema.Null,
  name: Schema.NullOr(Schema.String),
  primary_phone_number: Schema.Null,
  phone_numbers: Schema.Array(RefusedPhoneNumber),
  updated_at: Schema.Null,
  errors: Schema.optionalKey(FieldErrors),
}).annotate({ identifier: "RefusedClient" })
export type RefusedClient = typeof RefusedClient.Type

/** Clients in an envelope: a create's answer, or a page of a list. */
export const Clients = Schema.Struct({
  current_page: Schema.Int,
  per_page: Schema.Int,
  total_entries: Schema.Int,
  clients: Schema.Array(Client),
}).annotate({ identifier: "Clients" })
export type Clients = typeof Clients.Type
