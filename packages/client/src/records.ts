// The contract's types written out, so that whoever installs this package gets neither the contract's schemas nor `effect`
// with it. `test/records.test.ts` holds them to the schemas.

/** A phone number as the service answers it. */
export interface PhoneNumber {
  /** Never used twice. */
  readonly id: number
  /** Its path, without /v9 and without a host; it names the client. */
  readonly url: string
  /** The country calling code: digits, no plus. */
  readonly country_code: string
  /** The digits after the area code. */
  readonly raw_number: string
  /** The national number in its usual groups, joined by hyphens. */
  readonly number: string
  readonly extension: string | null
  readonly label: string | null
  /** UTC, to the second, in ISO 8601. */
  readonly updated_at: string
}

/** A phone number to create. A blank text is as null. */
export interface PhoneNumberInput {
  /** At most 20 characters. */
  readonly label?: string | null
  /** The country calling code, with or without its plus; else that of a number that begins with +, else the service's own. */
  readonly country_code?: string | number | null
  /** With its area code, in any punctuation people write; an extension may be written in it. */
  readonly number: string | number
  /** At most 15 digits. Leading zeros are kept, in a text. */
  readonly extension?: string | number | null
  /** True makes it the client's primary number in place of the former one; null leaves it to the service. */
  readonly is_primary?: boolean | null
}

/** What to change of a phone number: a key that is left out leaves its field alone, null clears `label` and `extension`. */
export type PhoneNumberChange = Partial<PhoneNumberInput>

/** A client as the service answers it. */
export interface Client {
  /** Never used twice. */
  readonly id: number
  /** Its path, without /v9 and without a host. */
  readonly url: string
  readonly name: string
  readonly primary_phone_number: PhoneNumber | null
  /** The first 100 by id; `phoneNumbers.listAll` has the rest. */
  readonly phone_numbers: ReadonlyArray<PhoneNumber>
  /** UTC, to the second, in ISO 8601. When the client itself changed, not its phone numbers. */
  readonly updated_at: string
}

/** A client to create. */
export interface ClientInput {
  /** Not blank, at most 255 characters. */
  readonly name: string
  /** Its first phone numbers; a request creates at most 100 in all. */
  readonly phone_numbers?: ReadonlyArray<PhoneNumberInput> | null
}

/** What to change of a client. */
export interface ClientChange {
  readonly name?: string
}

interface Envelope {
  readonly current_page: number
  readonly per_page: number
  /** All that match, on whatever page. */
  readonly total_entries: number
}

/** A page of phone numbers. */
export interface PhoneNumbers extends Envelope {
  readonly phone_numbers: ReadonlyArray<PhoneNumber>
}

/** A page of clients. */
export interface Clients extends Envelope {
  readonly clients: ReadonlyArray<Client>
}
