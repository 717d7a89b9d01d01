import { Schema } from "effect"
import { envelope, Id, MAX_ITEMS, PhoneNumber, PhoneNumberInput, Timestamp } from "./phone-number.ts"

const name = Schema.String.annotate({ description: "Not blank, at most 255 characters. Trimmed." })

/** What a caller sends for one new client: its types alone, the rules are the domain's. */
export const ClientInput = Schema.Struct({
  name,
  phone_numbers: Schema.optionalKey(
    Schema.NullOr(Schema.Array(PhoneNumberInput)).annotate({
      description: "Its first phone numbers; a request creates at most 100 in all.",
    }),
  ),
}).annotate({
  identifier: "ClientInput",
  description: "A client to create. Keys that are not listed are ignored.",
})
export type ClientInput = typeof ClientInput.Type

/** What a caller sends to change a client. */
export const ClientChange = Schema.Struct({ name: Schema.optionalKey(name) }).annotate({
  identifier: "ClientChange",
  description: "The client's new name. The rest of the record is ignored: phone numbers have their own addresses.",
})
export type ClientChange = typeof ClientChange.Type

/** The body that creates clients. */
export const ClientsInput = Schema.Struct({
  clients: Schema.Array(ClientInput).check(Schema.isMinLength(1), Schema.isMaxLength(MAX_ITEMS)),
}).annotate({ identifier: "ClientsInput" })
export type ClientsInput = typeof ClientsInput.Type

/** A client as answered: exactly these keys, in this order. */
export const Client = Schema.Struct({
  id: Id,
  url: Schema.String.annotate({ description: "Its path, without /v9 and without a host." }),
  name: Schema.String,
  primary_phone_number: Schema.NullOr(PhoneNumber),
  phone_numbers: Schema.Array(PhoneNumber).annotate({
    description: "The first 100 by id; the client's list of phone numbers has the rest.",
  }),
  updated_at: Timestamp,
}).annotate({ identifier: "Client" })
export type Client = typeof Client.Type

/** Clients in an envelope: a create's answer, or a page of a list. */
export const Clients = Schema.Struct({ ...envelope, clients: Schema.Array(Client) }).annotate({ identifier: "Clients" })
export type Clients = typeof Clients.Type
