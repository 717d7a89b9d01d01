import { Clock, Data, Effect, Result } from "effect"
import type { AccountId } from "./account.ts"
import { type Batch, type ListViolation, readBatch } from "./batch.ts"
import { type ClientId, ClientRepository, type ClientSummary } from "./client.ts"
import {
  isValid,
  type PhoneNumberDraft,
  readDrafts,
  type ShownPhoneNumber,
  type ValidReading,
  type Violation,
} from "./phone-number-draft.ts"
import { PhoneNumberRepository } from "./phone-number-repository.ts"
import { MAX_PHONE_NUMBERS_PER_REQUEST } from "./phone-number.ts"
import { choosePrimary } from "./primary.ts"

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
  readonly violations: ReadonlyArray<Violation>
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
}) => {
  const reading = readPhoneNumbers(request.drafts, request.defaultCountryCode)
  return Effect.gen(function* () {
    const clients = yield* ClientRepository
    const client = yield* clients.summary(request.accountId, request.clientId)
    const readings = yield* Effect.fromResult(reading)
    return yield* addPhoneNumbers(client, readings, yield* currentUnixTime)
  })
}

const readPhoneNumbers = (
  drafts: Batch<PhoneNumberDraft>,
  defaultCountryCode: string,
): Result.Result<ReadonlyArray<ValidReading>, InvalidPhoneNumberList | InvalidPhoneNumbers> => {
  const batch = readBatch(drafts, MAX_PHONE_NUMBERS_PER_REQUEST)
  if (Result.isFailure(batch)) return Result.fail(new InvalidPhoneNumberList({ violation: batch.failure }))
  const readings = readDrafts(batch.success, defaultCountryCode)
  return readings.every(isValid) ? Result.succeed(readings) : Result.fail(new InvalidPhoneNumbers({ items: readings }))
}

/** Stores phone numbers for a client. `updatedAt` in Unix seconds. */
export const addPhoneNumbers = (client: ClientSummary, readings: ReadonlyArray<ValidReading>, updatedAt: number) =>
  Effect.gen(function* () {
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

/** The time now in Unix seconds. */
export const currentUnixTime = Effect.map(Clock.currentTimeMillis, (milliseconds) => Math.floor(milliseconds / 1000))
