import { Context, type Effect } from "effect"
import type { AccountId, ClientId, PhoneNumberId } from "./id.ts"
import type { Condition, Page } from "./listing.ts"
import type { NewPhoneNumber, PhoneNumber, PhoneNumberChange, PhoneNumberNotFound } from "./phone-number.ts"

/** Whose numbers: one client's, or those of an account's clients. */
export type Scope = { readonly clientId: ClientId } | { readonly accountId: AccountId }

/**
 * Where phone numbers are kept. Callers look the client up first (`ClientRepository.summary`): these take it as read.
 * The store guards the same facts again: a number belongs to an existing client, a client has at most one primary.
 */
export class PhoneNumberRepository extends Context.Service<
  PhoneNumberRepository,
  {
    /**
     * Stores numbers for a client and counts them there. Answers them in the order given, with ids ascending by one;
     * an id is never used twice, also not after its number was deleted. `updatedAt` in Unix seconds.
     */
    readonly insert: (
      clientId: ClientId,
      numbers: ReadonlyArray<NewPhoneNumber>,
      updatedAt: number,
    ) => Effect.Effect<ReadonlyArray<PhoneNumber>>
    /** Makes a primary number an ordinary one, with a new `updatedAt`. Comes before another number's promotion. */
    readonly demote: (id: PhoneNumberId, updatedAt: number) => Effect.Effect<void>
    /** Fails with PhoneNumberNotFound for a number of another client too. */
    readonly find: (clientId: ClientId, id: PhoneNumberId) => Effect.Effect<PhoneNumber, PhoneNumberNotFound>
    /** Changes a number that is there, and its version and its client's. */
    readonly update: (phoneNumber: PhoneNumber, change: PhoneNumberChange) => Effect.Effect<PhoneNumber>
    /** Removes a number that is there, and counts it off at its client. */
    readonly delete: (phoneNumber: PhoneNumber) => Effect.Effect<void>
    /** The numbers of a client, or of all clients of an account, that satisfy every condition, by ascending id. */
    readonly page: (
      scope: Scope,
      conditions: ReadonlyArray<Condition>,
      page: Page,
    ) => Effect.Effect<ReadonlyArray<PhoneNumber>>
    /** How many there are of these. */
    readonly count: (scope: Scope, conditions: ReadonlyArray<Condition>) => Effect.Effect<number>
    /** The primary number of a client, or null. */
    readonly primary: (clientId: ClientId) => Effect.Effect<PhoneNumber | null>
  }
>()("@phonebook/domain/PhoneNumberRepository") {}
