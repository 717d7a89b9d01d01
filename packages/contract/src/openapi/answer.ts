import { Client, ClientChange, Clients, ClientsInput } from "../client.ts"
import { ErrorBody } from "../errors.ts"
import {
  DeletedPhoneNumbers,
  PhoneNumber,
  PhoneNumberChange,
  PhoneNumbers,
  PhoneNumbersInput,
} from "../phone-number.ts"
import { InvalidClient, InvalidClients, InvalidPhoneNumber, InvalidPhoneNumbers } from "../refusals.ts"
import { Service, Status } from "../about.ts"
import type { HeaderName } from "./parameters.ts"

/** The schemas that bodies are of; those inside them follow. */
export const schemas = {
  PhoneNumbersInput,
  PhoneNumberChange,
  PhoneNumber,
  PhoneNumbers,
  DeletedPhoneNumbers,
  InvalidPhoneNumbers,
  InvalidPhoneNumber,
  ClientsInput,
  ClientChange,
  Client,
  Clients,
  InvalidClients,
  InvalidClient,
  Service,
  Status,
  ErrorBody,
}
type Schemas = typeof schemas

/** A schema and examples of it, by their titles. */
export interface MediaType {
  readonly schema: object
  readonly examples: Readonly<Record<string, { readonly value: unknown }>>
}
/** A body, by its media type. */
export type Content = Readonly<Record<string, MediaType>>

/** A body in JSON of one of these schemas, with examples by their titles. */
export const json = <Name extends keyof Schemas>(
  names: ReadonlyArray<Name>,
  examples: Readonly<Record<string, Schemas[Name]["Type"]>>,
): Content => {
  const [first, ...others] = names.map((name) => ({ $ref: `#/components/schemas/${name}` }))
  return {
    "application/json": {
      schema: others.length === 0 ? first! : { anyOf: [first, ...others] },
      examples: Object.fromEntries(Object.entries(examples).map(([title, value]) => [title, { value }])),
    },
  }
}

/** A body that is text, with an example of it. */
export const text = (mediaType: string, example: string): Content => ({
  [mediaType]: { schema: { type: "string" }, examples: { example: { value: example } } },
})

/** An answer: what it means, its body, and its headers besides X-Request-Id. */
export interface Answer {
  readonly description: string
  readonly content?: Content
  readonly headers?: ReadonlyArray<HeaderName>
}
