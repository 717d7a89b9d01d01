import { Effect, Layer } from "effect"
import {
  type AccountId,
  type Client,
  type ClientId,
  ClientNotFound,
  ClientRepository,
  type PhoneNumber,
  type PhoneNumberId,
  PhoneNumberRepository,
} from "../src/index.ts"

interface State {
  clients: ReadonlyArray<Client & { readonly accountId: AccountId }>
  phoneNumbers: ReadonlyArray<PhoneNumber>
}

/** Repositories over one state of their own, empty at first; a second primary of a client is a defect, as in a store. */
export const inMemoryRepositories = () => {
  const state: State = { clients: [], phoneNumbers: [] }
  const ofClient = (clientId: ClientId) => state.phoneNumbers.filter((number) => number.clientId === clientId)
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
  })

  const phoneNumbers = PhoneNumberRepository.of({
    insert: (clientId, numbers, updatedAt) =>
      Effect.sync(() => {
        const stored = numbers.map((number, index): PhoneNumber => {
          const id = (state.phoneNumbers.length + 1 + index) as PhoneNumberId
          return Object.assign({ id, clientId, updatedAt, version: 1 }, number)
        })
        state.phoneNumbers = [...state.phoneNumbers, ...stored]
        if (ofClient(clientId).filter((number) => number.isPrimary).length > 1) throw new Error("A second primary")
        return stored
      }),
    demote: (id, updatedAt) =>
      Effect.sync(() => {
        state.phoneNumbers = state.phoneNumbers.map((number) =>
          number.id === id ? Object.assign({}, number, { isPrimary: false, updatedAt }) : number,
        )
      }),
    primary: (clientId) => Effect.sync(() => primaryOf(clientId)),
    first: (clientId, limit) => Effect.sync(() => ofClient(clientId).slice(0, limit)),
  })

  const layer = Layer.mergeAll(
    Layer.succeed(ClientRepository, clients),
    Layer.succeed(PhoneNumberRepository, phoneNumbers),
  )
  return { state, layer }
}
