import { Schema } from "effect"

/** An account owns clients and credentials, and sees nothing of any other account. */
export const AccountId = Schema.Int.pipe(Schema.brand("AccountId"))
export type AccountId = typeof AccountId.Type

export const CredentialId = Schema.Int.pipe(Schema.brand("CredentialId"))
export type CredentialId = typeof CredentialId.Type

/** A client's id: a positive safe integer, never used twice. */
export const ClientId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(Schema.brand("ClientId"))
export type ClientId = typeof ClientId.Type

/** A phone number's id: a positive safe integer, never used twice. */
export const PhoneNumberId = Schema.Int.check(Schema.isGreaterThan(0)).pipe(Schema.brand("PhoneNumberId"))
export type PhoneNumberId = typeof PhoneNumberId.Type
