import { Data } from "effect"
import type { ClientId, PhoneNumberId } from "./id.ts"

/** Most numbers that one request may create. */
export const MAX_PHONE_NUMBERS_PER_REQUEST = 100
/** Most code points in a label, after trimming. */
export const MAX_LABEL_LENGTH = 20
/** Most characters in a number as typed, after trimming. */
export const MAX_NUMBER_LENGTH = 64
/** Most digits in an extension. */
export const MAX_EXTENSION_LENGTH = 15

/** A number as written, trimmed and not blank, and the country calling code given with it (digits) or null. */
export interface WrittenNumber {
  readonly number: string
  readonly countryCode: string | null
}

/** A telephone number read under a numbering plan: what is stored and what is shown. */
export interface TelephoneNumber {
  /** Country calling code, digits only: `"1"`. */
  readonly countryCode: string
  /** National (significant) number in its usual groups, joined by hyphens: `"504-555-0123"`. */
  readonly number: string
  /** The digits after the area code, or the whole national number where there is none: `"5550123"`. */
  readonly rawNumber: string
  /** Digits, leading zeros kept. */
  readonly extension: string | null
  /** E.164: `"+15045550123"`. */
  readonly e164: string
  /** The text the number was read from, trimmed, otherwise as typed. */
  readonly typed: string
}

/** A client's phone number as the store keeps it. */
export interface PhoneNumber extends TelephoneNumber {
  readonly id: PhoneNumberId
  readonly clientId: ClientId
  readonly label: string | null
  readonly isPrimary: boolean
  /** Unix seconds. */
  readonly updatedAt: number
  /** Counts every change of the record; never goes back. */
  readonly version: number
}

/** What an update may change of a phone number; the store counts its versions. */
export interface PhoneNumberChange extends TelephoneNumber {
  readonly label: string | null
  readonly isPrimary: boolean
  /** Unix seconds. */
  readonly updatedAt: number
}

/** No such phone number of that client. The id is the caller's text: it need not be an integer. */
export class PhoneNumberNotFound extends Data.TaggedError("PhoneNumberNotFound")<{ readonly phoneNumberId: string }> {
  override get message() {
    return `Couldn't find PhoneNumber with ID=${this.phoneNumberId}`
  }
}

/** A phone number that has passed the rules but has no id yet. */
export interface NewPhoneNumber extends TelephoneNumber {
  readonly label: string | null
  readonly isPrimary: boolean
}
