import { Context, type Effect, Schema } from "effect"
import type { AccountId, ClientId, PhoneNumberId } from "./id.ts"
import type { Page } from "./listing.ts"

/** Most code points in a client's name, after trimming. */
export const MAX_CLIENT_NAME_LENGTH = 255

/** Most clients that one request may create. */
export const MAX_CLIENTS_PER_REQUEST = 100

export interface Client {
  readonly id: ClientId
  readonly name: string
  /** When the client itself last changed (not its numbers), in Unix seconds. */
  readonly updatedAt: number
  /** Counts every change of the client or of its numbers; never goes back. */
  readonly version: number
}

/** What the rules need to know of a client before its numbers change: never the numbers themselves. */
export interface ClientSummary {
  readonly id: ClientId
  readonly phoneNumberCount: number
  readonly primaryPhoneNumberId: PhoneNumberId | null
}

/** No such client, or another account's. The id is the caller's text: it need not be an integer. */
export class ClientNotFound extends Schema.TaggedError<ClientNotFound>()("ClientNotFound", {
  clientId: Schema.String,
}) {
  override get message() {
    return `Couldn't find Client with ID=${this.clientId}`
  }
}

export class ClientRepository extends Context.Service<
  ClientRepository,
  {
    /** Fails with ClientNotFound for a client of another account too: what is not yours is not there. */
    readonly find: (accountId: AccountId, clientId: ClientId) => Effect.Effect<Client, ClientNotFound>
    /** As `find`; costs the same whether the client has no number or a million. */
    readonly summary: (accountId: AccountId, clientId: ClientId) => Effect.Effect<ClientSummary, ClientNotFound>
    /** How many clients an account has: a counter, whatever their number. */
    readonly count: (accountId: AccountId) => Effect.Effect<number>
    /** The clients of an account by ascending id. */
    readonly page: (accountId: AccountId, page: Page) => Effect.Effect<ReadonlyArray<Client>>
    /** Gives a client another name, `updatedAt` in Unix seconds, and the next version. */
    readonly rename: (
      clientId: ClientId,
      change: { readonly name: string; readonly updatedAt: number },
    ) => Effect.Effect<Client>
    /**
     * Removes a client, its numbers, and every idempotent answer that shows any of them, so that nothing of them is left in
     * the store's files once it has answered. Fails with ClientNotFound.
     */
    readonly erase: (clientId: ClientId) => Effect.Effect<void, ClientNotFound>
    /** Stores a client without numbers; ids ascend and are never used twice. `updatedAt` in Unix seconds. */
    readonly insert: (
      accountId: AccountId,
      client: { readonly name: string; readonly updatedAt: number },
    ) => Effect.Effect<Client>
  }
>()("@phonebook/domain/ClientRepository") {}
