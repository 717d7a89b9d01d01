import { Effect, Layer } from "effect"
import {
  type AccountId,
  type Client,
  type ClientId,
  ClientNotFound,
  ClientRepository,
  IdempotencyRepository,
  type IdempotentResult,
  type PhoneNumber,
  type PhoneNumberId,
  PhoneNumberNotFound,
  PhoneNumberRepository,
  type Scope,
} from "../src/index.ts"

type StoredClient = Client & { readonly accountId: AccountId }

interface State {
  clients: ReadonlyArray<StoredClient>
  phoneNumbers: ReadonlyArray<PhoneNumber>
  results: ReadonlyArray<IdempotentResult>
  /** Ids are never used twice. */
  lastPhoneNumberId: number
}

/** Repositories over one state of their own, empty at first; a second primary of a client is a defect, as in a store. */
export const inMemoryRepositories = () => {
  const state: State = { clients: [], phoneNumbers: [], results: [], lastPhoneNumberId: 0 }
  const ofClient = (clientId: ClientId) => state.phoneNumbers.filter((number) => number.clientId === clientId)
  const inScope = (scope: Scope) =>
    "clientId" in scope
      ? ofClient(scope.clientId)
      : state.clients.filter((client) => client.accountId === scope.accountId).flatMap(({ id }) => ofClient(id))
  const primaryOf = (clientId: ClientId) => ofClient(clientId).find((number) => number.isPrimary) ?? null
  const find = (accountId: AccountId, clientId: ClientId) =>
    Effect.suspend(() => {
      const client = state.clients.find((one) => one.id === clientId && one.accountId === accountId)
      return client === undefined
        ? Effect.fail(new ClientNotFound({ clientId: String(clientId) }))
        : Effect.succeed(client)
    })

  const clients = ClientRepository.of({
    find,
    summary: (accountId, clientId) =>
      Effect.map(find(accountId, clientId), ({ id }) => ({
        id,
        phoneNumberCount: ofClient(id).length,
        primaryPhoneNumberId: primaryOf(id)?.id ?? null,
      })),
    insert: (accountId, { name, updatedAt }) =>
      Effect.sync(() => {
        const client = { id: (state.clients.length + 1) as ClientId, accountId, name, updatedAt, version: 1 }
        state.clients = [...state.clients, client]
        return client
      }),
    count: (accountId) => Effect.sync(() => state.clients.filter((client) => client.accountId === accountId).length),
    page: (accountId, { page, perPage }) =>
      Effect.sync(() =>
        state.clients.filter((client) => client.accountId === accountId).slice((page - 1) * perPage, page * perPage),
      ),
    rename: (clientId, change) =>
      Effect.sync(() => {
        touch(clientId, change)
        return state.clients.find(({ id }) => id === clientId)!
      }),
    erase: () => Effect.die("no rule of the domain erases"),
  })

  const touch = (clientId: ClientId, change: Partial<StoredClient> = {}) => {
    state.clients = state.clients.map((client) =>
      client.id === clientId ? Object.assign({}, client, change, { version: client.version + 1 }) : client,
    )
  }
  const replace = (id: PhoneNumberId, change: Partial<PhoneNumber>) => {
    state.phoneNumbers = state.phoneNumbers.map((number) =>
      number.id === id ? Object.assign({}, number, change, { version: number.version + 1 }) : number,
    )
    if (state.clients.some(({ id: clientId }) => ofClient(clientId).filter((one) => one.isPrimary).length > 1)) {
      throw new Error("A second primary")
    }
  }

  const phoneNumbers = PhoneNumberRepository.of({
    insert: (clientId, numbers, updatedAt) =>
      Effect.sync(() => {
        const stored = numbers.map((number, index): PhoneNumber => {
          const id = (state.lastPhoneNumberId + 1 + index) as PhoneNumberId
          return Object.assign({ id, clientId, updatedAt, version: 1 }, number)
        })
        state.phoneNumbers = [...state.phoneNumbers, ...stored]
        state.lastPhoneNumberId += stored.length
        touch(clientId)
        if (ofClient(clientId).filter((number) => number.isPrimary).length > 1) throw new Error("A second primary")
        return stored
      }),
    demote: (id, updatedAt) => Effect.sync(() => replace(id, { isPrimary: false, updatedAt })),
    find: (clientId, id) =>
      Effect.suspend(() => {
        const found = ofClient(clientId).find((number) => number.id === id)
        return found === undefined
          ? Effect.fail(new PhoneNumberNotFound({ phoneNumberId: String(id) }))
          : Effect.succeed(found)
      }),
    update: ({ id, clientId }, change) =>
      Effect.sync(() => {
        replace(id, change)
        touch(clientId)
        return state.phoneNumbers.find((number) => number.id === id)!
      }),
    delete: ({ id, clientId }) =>
      Effect.sync(() => {
        state.phoneNumbers = state.phoneNumbers.filter((number) => number.id !== id)
        touch(clientId)
      }),
    // What a condition selects is the store's to say; the domain only passes it on.
    page: (scope, _, { page, perPage }) =>
      Effect.sync(() => inScope(scope).slice((page - 1) * perPage, page * perPage)),
    count: (scope) => Effect.sync(() => inScope(scope).length),
    primary: (clientId) => Effect.sync(() => primaryOf(clientId)),
  })

  const results = IdempotencyRepository.of({
    find: (credentialId, key, from) =>
      Effect.sync(
        () =>
          state.results.find((one) => one.credentialId === credentialId && one.key === key && one.createdAt >= from) ??
          null,
      ),
    insert: (result) =>
      Effect.sync(() => {
        const others = state.results.filter(
          ({ credentialId, key }) => credentialId !== result.credentialId || key !== result.key,
        )
        state.results = [...others, result]
      }),
    removeExpired: (before, limit) =>
      Effect.sync(() => {
        const expired = state.results.filter(({ createdAt }) => createdAt < before).slice(0, limit)
        state.results = state.results.filter((result) => !expired.includes(result))
      }),
  })

  const layer = Layer.mergeAll(
    Layer.succeed(ClientRepository, clients),
    Layer.succeed(PhoneNumberRepository, phoneNumbers),
    Layer.succeed(IdempotencyRepository, results),
  )
  return { state, layer }
}
