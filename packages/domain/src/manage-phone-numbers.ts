import { Data, Effect, Result } from "effect"
import type { PhoneNumberViolation } from "./violation.ts"
import type { AccountId, ClientId, PhoneNumberId } from "./id.ts"
import { type Batch, type ListViolation, readBatch } from "./batch.ts"
import { ClientRepository, type ClientSummary } from "./client.ts"
import {
  isValidPhoneNumber,
  type PhoneNumberDraft,
  readPhoneNumberDrafts,
  type ShownPhoneNumber,
  type ValidPhoneNumberReading,
} from "./phone-number-draft.ts"
import { PhoneNumberRepository } from "./phone-number-repository.ts"
import { changesNothing, readChange } from "./phone-number-change.ts"
import { MAX_PHONE_NUMBERS_PER_REQUEST, type PhoneNumber } from "./phone-number.ts"
import { choosePrimary } from "./primary.ts"
import { currentUnixTime } from "./time.ts"
import { type ExpectedVersions, expectVersion } from "./version.ts"

/** The list of phone numbers cannot be read; nothing was saved. */
export class InvalidPhoneNumberList extends Data.TaggedError("InvalidPhoneNumberList")<{
  readonly violation: ListViolation
}> {
  override get message() {
    return "The list of phone numbers is invalid; nothing was saved."
  }
}

/** One item of a refused request: how it is shown, and all that is wrong with it (nothing, where another was wrong). */
export interface RefusedPhoneNumber {
  readonly shown: ShownPhoneNumber
  readonly violations: ReadonlyArray<PhoneNumberViolation>
}

/** At least one phone number is invalid; nothing was saved. All items, the valid ones too, in request order. */
export class InvalidPhoneNumbers extends Data.TaggedError("InvalidPhoneNumbers")<{
  readonly items: ReadonlyArray<RefusedPhoneNumber>
}> {
  override get message() {
    const invalid = this.items.filter((item) => item.violations.length > 0).length
    return `${invalid} of ${this.items.length} phone numbers ${invalid === 1 ? "is" : "are"} invalid; nothing was saved.`
  }
}

/**
 * Creates 1 to 100 phone numbers for a client: all of them or none, answered in request order. The drafts are read when
 * this is called, so before any transaction; a client that is not there is reported first all the same.
 */
export const createPhoneNumbers = (request: {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly drafts: Batch<PhoneNumberDraft>
  /** Digits. */
  readonly defaultCountryCode: string
}) => createRead(request.accountId, request.clientId, readPhoneNumbers(request.drafts, request.defaultCountryCode))

const createRead = Effect.fnUntraced(function* (
  accountId: AccountId,
  clientId: ClientId,
  reading: ReturnType<typeof readPhoneNumbers>,
) {
  const clients = yield* ClientRepository
  const client = yield* clients.summary(accountId, clientId)
  const readings = yield* Effect.fromResult(reading)
  return yield* addPhoneNumbers(client, readings, yield* currentUnixTime)
})

const readPhoneNumbers = (
  drafts: Batch<PhoneNumberDraft>,
  defaultCountryCode: string,
): Result.Result<ReadonlyArray<ValidPhoneNumberReading>, InvalidPhoneNumberList | InvalidPhoneNumbers> => {
  const batch = readBatch(drafts, MAX_PHONE_NUMBERS_PER_REQUEST)
  if (Result.isFailure(batch)) return Result.fail(new InvalidPhoneNumberList({ violation: batch.failure }))
  const readings = readPhoneNumberDrafts(batch.success, defaultCountryCode)
  return readings.every(isValidPhoneNumber)
    ? Result.succeed(readings)
    : Result.fail(new InvalidPhoneNumbers({ items: readings }))
}

/** Stores phone numbers for a client. `updatedAt` in Unix seconds. */
export const addPhoneNumbers = Effect.fnUntraced(function* (
  client: ClientSummary,
  readings: ReadonlyArray<ValidPhoneNumberReading>,
  updatedAt: number,
) {
  const phoneNumbers = yield* PhoneNumberRepository
  const primary = choosePrimary(
    client,
    readings.map((reading) => reading.isPrimary),
  )
  // The former primary goes first: the store forbids a second one at any moment.
  if (primary !== null && client.primaryPhoneNumberId !== null) {
    yield* phoneNumbers.demote(client.primaryPhoneNumberId, updatedAt)
  }
  const numbers = readings.map(({ phoneNumber }, index) => ({ ...phoneNumber, isPrimary: index === primary }))
  return yield* phoneNumbers.insert(client.id, numbers, updatedAt)
})

/** The update of a phone number is invalid; nothing was saved. */
export class InvalidPhoneNumber extends Data.TaggedError("InvalidPhoneNumber")<
  RefusedPhoneNumber & { readonly phoneNumber: PhoneNumber }
> {
  override get message() {
    return "The phone number is invalid; nothing was saved."
  }
}

/** One phone number of one client of an account. */
export interface PhoneNumberKey {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly phoneNumberId: PhoneNumberId
}

const findPhoneNumber = Effect.fnUntraced(function* ({ accountId, clientId, phoneNumberId }: PhoneNumberKey) {
  const client = yield* (yield* ClientRepository).summary(accountId, clientId)
  const phoneNumber = yield* (yield* PhoneNumberRepository).find(clientId, phoneNumberId)
  return { client, phoneNumber }
})

/** A phone number. Fails with ClientNotFound, PhoneNumberNotFound. */
export const showPhoneNumber = (key: PhoneNumberKey) =>
  Effect.map(findPhoneNumber(key), ({ phoneNumber }) => phoneNumber)

/**
 * Changes what the draft names of a phone number (`readChange`) and answers the record; a draft that changes nothing leaves
 * it as it is, `updatedAt` and version included. Making it the primary ends the former primary's turn.
 */
export const updatePhoneNumber = Effect.fnUntraced(function* (
  request: PhoneNumberKey & { readonly draft: PhoneNumberDraft; readonly expected: ExpectedVersions },
) {
  const { client, phoneNumber } = yield* findPhoneNumber(request)
  yield* expectVersion(phoneNumber, request.expected)
  const reading = readChange(phoneNumber, request.draft)
  if (!isValidPhoneNumber(reading)) return yield* new InvalidPhoneNumber({ ...reading, phoneNumber })

  const isPrimary = reading.isPrimary ?? phoneNumber.isPrimary
  const fields = { ...reading.phoneNumber, isPrimary }
  if (changesNothing(phoneNumber, fields)) return phoneNumber
  const updatedAt = yield* currentUnixTime
  const phoneNumbers = yield* PhoneNumberRepository
  if (isPrimary && !phoneNumber.isPrimary && client.primaryPhoneNumberId !== null) {
    yield* phoneNumbers.demote(client.primaryPhoneNumberId, updatedAt)
  }
  return yield* phoneNumbers.update(phoneNumber, { ...fields, updatedAt })
})

/** Deletes a phone number and answers its id; its client is without a primary where it was that. */
export const deletePhoneNumber = Effect.fnUntraced(function* (
  request: PhoneNumberKey & { readonly expected: ExpectedVersions },
) {
  const { phoneNumber } = yield* findPhoneNumber(request)
  yield* expectVersion(phoneNumber, request.expected)
  yield* (yield* PhoneNumberRepository).delete(phoneNumber)
  return phoneNumber.id
})
