import * as Wire from "@phonebook/contract"
import {
  type Batch,
  type ClientDraft,
  type ClientField,
  type ClientRecord,
  type PhoneNumberField,
  type Listed,
  MAX_CLIENTS_PER_REQUEST,
  MAX_PER_PAGE,
  MAX_PHONE_NUMBERS_PER_REQUEST,
  type PhoneNumber,
  type PhoneNumberDraft,
  type ShownPhoneNumber,
} from "@phonebook/domain"
import { Schema } from "effect"

type Fields = Readonly<Record<string, unknown>>

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const checks = (fields: Readonly<Record<string, Schema.ConstraintDecoder<unknown>>>) =>
  Object.entries(fields).map(([name, field]) => [name, Schema.is(field)] as const)

const phoneNumberChecks = checks(Wire.PhoneNumberInput.fields)
// Its phone numbers are read item by item.
const clientChecks = checks({ name: Wire.ClientInput.fields.name })

const malformedIn = (fields: Fields, against: typeof phoneNumberChecks): ReadonlyArray<string> =>
  against.filter(([name, is]) => fields[name] != null && !is(fields[name])).map(([name]) => name)

const without = (fields: Fields, names: ReadonlyArray<string>): Fields =>
  names.length === 0 ? fields : Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))

/** The domain's fields by their names on the wire. */
export const wireNames: Readonly<Record<PhoneNumberField | ClientField, string>> = {
  base: "base",
  name: "name",
  phoneNumbers: "phone_numbers",
  label: "label",
  countryCode: "country_code",
  number: "number",
  extension: "extension",
  isPrimary: "is_primary",
}
const fieldsByWireName: ReadonlyMap<string, string> = new Map(
  Object.entries(wireNames).map(([field, name]) => [name, field]),
)

const text = (value: string | number | null | undefined) => (typeof value === "number" ? String(value) : value)

export const phoneNumberDraft = (item: unknown): PhoneNumberDraft => {
  if (!isRecord(item)) return { malformed: ["base"] }
  const malformed = malformedIn(item, phoneNumberChecks)
  const input = without(item, malformed) as Wire.PhoneNumberChange
  return {
    label: input.label,
    countryCode: text(input.country_code),
    number: text(input.number),
    extension: text(input.extension),
    isPrimary: typeof input.is_primary === "string" ? null : input.is_primary,
    malformed: malformed.map((name) => fieldsByWireName.get(name) as PhoneNumberField),
  }
}

/** Reads a list of a request item by item, one more than allowed at most: the rule about how many is the domain's. */
const draftsOf = <Draft>(list: unknown, maximum: number, read: (item: unknown) => Draft): Batch<Draft> => {
  if (list === undefined || list === null) return { code: "blank" }
  return Array.isArray(list) ? list.slice(0, maximum + 1).map(read) : { code: "wrong_type" }
}

/** The drafts under `phone_numbers`, or why there are none. */
export const phoneNumberDrafts = (list: unknown) => draftsOf(list, MAX_PHONE_NUMBERS_PER_REQUEST, phoneNumberDraft)

export const clientDraft = (item: unknown): ClientDraft => {
  if (!isRecord(item)) return { malformed: ["base"] }
  const malformed = malformedIn(item, clientChecks)
  const input = without(item, malformed) as Wire.ClientChange
  return {
    name: input.name,
    // A list of a wrong type is found by the same reading that finds the drafts of a right one.
    phoneNumbers: item.phone_numbers == null ? null : phoneNumberDrafts(item.phone_numbers),
    malformed: malformed.includes("name") ? ["name"] : [],
  }
}

/** The drafts under `clients`, or why there are none. */
export const clientDrafts = (list: unknown) => draftsOf(list, MAX_CLIENTS_PER_REQUEST, clientDraft)

let lastTimestamp = { seconds: Number.NaN, text: "" }
/** `YYYY-MM-DDTHH:MM:SSZ`, from Unix seconds. Remembers the last one: what is made together is of the same second. */
const timestamp = (seconds: number): string => {
  if (seconds !== lastTimestamp.seconds)
    lastTimestamp = { seconds, text: `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z` }
  return lastTimestamp.text
}

export const phoneNumberBody = (phoneNumber: PhoneNumber): Wire.PhoneNumber => ({
  id: phoneNumber.id,
  url: `/clients/${phoneNumber.clientId}/phone_numbers/${phoneNumber.id}`,
  country_code: phoneNumber.countryCode,
  raw_number: phoneNumber.rawNumber,
  number: phoneNumber.number,
  extension: phoneNumber.extension,
  label: phoneNumber.label,
  updated_at: timestamp(phoneNumber.updatedAt),
})

export const clientBody = ({ client, primaryPhoneNumber, phoneNumbers }: ClientRecord): Wire.Client => ({
  id: client.id,
  url: `/clients/${client.id}`,
  name: client.name,
  primary_phone_number: primaryPhoneNumber === null ? null : phoneNumberBody(primaryPhoneNumber),
  phone_numbers: phoneNumbers.map(phoneNumberBody),
  updated_at: timestamp(client.updatedAt),
})

/** The envelope of a list; `total` counts all that match, on whatever page. */
export const phoneNumbersBody = ({ page, perPage, total, entries }: Listed<PhoneNumber>): Wire.PhoneNumbers => ({
  current_page: page,
  per_page: perPage,
  total_entries: total,
  phone_numbers: entries.map(phoneNumberBody),
})

export const clientsBody = ({ page, perPage, total, entries }: Listed<ClientRecord>): Wire.Clients => ({
  current_page: page,
  per_page: perPage,
  total_entries: total,
  clients: entries.map(clientBody),
})

/** What a create answers: a list of just what was made. */
export const created = <Entry>(entries: ReadonlyArray<Entry>): Listed<Entry> => ({
  page: 1,
  perPage: MAX_PER_PAGE,
  total: entries.length,
  entries,
})

/** A phone number of a refused request; the errors are added where it has any. */
export const refusedPhoneNumberBody = (shown: ShownPhoneNumber): Omit<Wire.RefusedPhoneNumber, "errors"> => ({
  id: null,
  url: null,
  country_code: shown.countryCode,
  raw_number: shown.rawNumber,
  number: shown.number,
  extension: shown.extension,
  label: shown.label,
  updated_at: null,
})
