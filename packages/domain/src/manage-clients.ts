import { Data, Effect, Result } from "effect"
import type { AccountId } from "./account.ts"
import { type Batch, type ListViolation, readBatch } from "./batch.ts"
import {
  type ClientDraft,
  type ClientReading,
  isValidClient,
  readClientDrafts,
  type ValidClientReading,
} from "./client-draft.ts"
import { type Client, type ClientId, ClientRepository, MAX_CLIENTS_PER_REQUEST } from "./client.ts"
import { addPhoneNumbers, currentUnixTime } from "./manage-phone-numbers.ts"
import { PhoneNumberRepository } from "./phone-number-repository.ts"
import type { PhoneNumber } from "./phone-number.ts"

/** Most phone numbers that the record of a client shows. */
export const MAX_PHONE_NUMBERS_PER_CLIENT_RECORD = 100

/** A client as it is shown. */
export interface ClientRecord {
  readonly client: Client
  readonly primaryPhoneNumber: PhoneNumber | null
  /** The first 100 by ascending id. */
  readonly phoneNumbers: ReadonlyArray<PhoneNumber>
}

/** The list of clients cannot be read; nothing was saved. */
export class InvalidClientList extends Data.TaggedError("InvalidClientList")<{ readonly violation: ListViolation }> {
  override get message() {
    return "The list of clients is invalid; nothing was saved."
  }
}

/** At least one client, or a number of one, is invalid; nothing was saved. All items in request order. */
export class InvalidClients extends Data.TaggedError("InvalidClients")<{
  readonly items: ReadonlyArray<ClientReading>
}> {
  override get message() {
    const invalid = this.items.filter((item) => !isValidClient(item)).length
    return `${invalid} of ${this.items.length} clients ${invalid === 1 ? "is" : "are"} invalid; nothing was saved.`
  }
}

/**
 * Creates 1 to 100 clients, with 100 phone numbers in all: all of them or none, answered in request order. The drafts are
 * read when this is called, so before any transaction.
 */
export const createClients = (request: {
  readonly accountId: AccountId
  readonly drafts: Batch<ClientDraft>
  /** Digits. */
  readonly defaultCountryCode: string
}) => {
  const reading = readClients(request.drafts, request.defaultCountryCode)
  return Effect.gen(function* () {
    const clients = yield* ClientRepository
    const readings = yield* Effect.fromResult(reading)
    const updatedAt = yield* currentUnixTime
    return yield* Effect.forEach(readings, ({ name, phoneNumbers }) =>
      Effect.gen(function* () {
        const { id } = yield* clients.insert(request.accountId, { name, updatedAt })
        if (phoneNumbers.length > 0) {
          yield* addPhoneNumbers({ id, phoneNumberCount: 0, primaryPhoneNumberId: null }, phoneNumbers, updatedAt)
        }
        return yield* Effect.orDie(showClient({ accountId: request.accountId, clientId: id }))
      }),
    )
  })
}

const readClients = (
  drafts: Batch<ClientDraft>,
  defaultCountryCode: string,
): Result.Result<ReadonlyArray<ValidClientReading>, InvalidClientList | InvalidClients> => {
  const batch = readBatch(drafts, MAX_CLIENTS_PER_REQUEST)
  if (Result.isFailure(batch)) return Result.fail(new InvalidClientList({ violation: batch.failure }))
  const readings = readClientDrafts(batch.success, defaultCountryCode)
  return readings.every(isValidClient) ? Result.succeed(readings) : Result.fail(new InvalidClients({ items: readings }))
}

/** A client with what belongs to it. Fails with ClientNotFound for a client of another account too. */
export const showClient = (request: { readonly accountId: AccountId; readonly clientId: ClientId }) =>
  Effect.gen(function* () {
    const clients = yield* ClientRepository
    const phoneNumbers = yield* PhoneNumberRepository
    const client = yield* clients.find(request.accountId, request.clientId)
    const primaryPhoneNumber = yield* phoneNumbers.primary(client.id)
    const first = yield* phoneNumbers.first(client.id, MAX_PHONE_NUMBERS_PER_CLIENT_RECORD)
    const record: ClientRecord = { client, primaryPhoneNumber, phoneNumbers: first }
    return record
  })
