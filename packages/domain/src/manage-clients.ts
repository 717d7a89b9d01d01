import { Data, Effect, Result } from "effect"
import type { AccountId, ClientId } from "./id.ts"
import { type Batch, type ListViolation, readBatch } from "./batch.ts"
import {
  type ClientDraft,
  type ClientReading,
  isValidClient,
  readClientDrafts,
  readName,
  type ValidClientReading,
} from "./client-draft.ts"
import { type Client, ClientRepository, MAX_CLIENTS_PER_REQUEST } from "./client.ts"
import { type Listed, MAX_PER_PAGE, type Page } from "./listing.ts"
import { addPhoneNumbers } from "./manage-phone-numbers.ts"
import { PhoneNumberRepository } from "./phone-number-repository.ts"
import type { PhoneNumber } from "./phone-number.ts"
import { currentUnixTime } from "./time.ts"
import { type ExpectedVersions, expectVersion } from "./version.ts"

/** The phone numbers that the record of a client shows. */
const FIRST_PAGE: Page = { page: 1, perPage: MAX_PER_PAGE }

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
}) => createRead(request.accountId, readClients(request.drafts, request.defaultCountryCode))

const createRead = Effect.fnUntraced(function* (accountId: AccountId, reading: ReturnType<typeof readClients>) {
  const readings = yield* Effect.fromResult(reading)
  const updatedAt = yield* currentUnixTime
  return yield* Effect.forEach(readings, (client) => createClient(accountId, client, updatedAt))
})

const createClient = Effect.fnUntraced(function* (
  accountId: AccountId,
  { name, phoneNumbers }: ValidClientReading,
  updatedAt: number,
) {
  const clients = yield* ClientRepository
  const { id } = yield* clients.insert(accountId, { name, updatedAt })
  if (phoneNumbers.length > 0) {
    yield* addPhoneNumbers({ id, phoneNumberCount: 0, primaryPhoneNumberId: null }, phoneNumbers, updatedAt)
  }
  return yield* Effect.orDie(showClient({ accountId, clientId: id }))
})

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
export const showClient = Effect.fnUntraced(function* (request: {
  readonly accountId: AccountId
  readonly clientId: ClientId
}) {
  const clients = yield* ClientRepository
  return yield* recordOf(yield* clients.find(request.accountId, request.clientId))
})

const recordOf = Effect.fnUntraced(function* (client: Client) {
  const phoneNumbers = yield* PhoneNumberRepository
  const record: ClientRecord = {
    client,
    primaryPhoneNumber: yield* phoneNumbers.primary(client.id),
    phoneNumbers: yield* phoneNumbers.page({ clientId: client.id }, [], FIRST_PAGE),
  }
  return record
})

/** A page of an account's clients. */
export const listClients = Effect.fnUntraced(function* ({
  accountId,
  page,
}: {
  readonly accountId: AccountId
  readonly page: Page
}) {
  const clients = yield* ClientRepository
  const total = yield* clients.count(accountId)
  const entries = yield* Effect.forEach(yield* clients.page(accountId, page), recordOf)
  const list: Listed<ClientRecord> = { ...page, entries, total }
  return list
})

/** The update of a client is invalid; nothing was saved. */
export class InvalidClient extends Data.TaggedError("InvalidClient")<
  ReturnType<typeof readName> & { readonly record: ClientRecord }
> {
  override get message() {
    return "The client is invalid; nothing was saved."
  }
}

/** Renames a client where the draft has a name, and answers its record; the same name changes nothing. */
export const updateClient = Effect.fnUntraced(function* (request: {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly draft: ClientDraft
  readonly expected: ExpectedVersions
}) {
  const clients = yield* ClientRepository
  const client = yield* clients.find(request.accountId, request.clientId)
  yield* expectVersion(client, request.expected)
  const { name, malformed } = request.draft
  const draft = name === undefined && !malformed?.includes("name") ? { name: client.name } : request.draft
  const reading = readName(draft)
  if (reading.name === null || reading.violations.length > 0) {
    return yield* new InvalidClient({ record: yield* recordOf(client), ...reading })
  }
  if (reading.name === client.name) return yield* recordOf(client)
  const updatedAt = yield* currentUnixTime
  return yield* recordOf(yield* clients.rename(client.id, { name: reading.name, updatedAt }))
})
