import { Context, type Effect } from "effect"
import type { ClientId } from "./client.ts"
import type { NewPhoneNumber, PhoneNumber, PhoneNumberId } from "./phone-number.ts"

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
    /** The primary number of a client, or null. */
    readonly primary: (clientId: ClientId) => Effect.Effect<PhoneNumber | null>
    /** The first numbers of a client by ascending id, `limit` at most. */
    readonly first: (clientId: ClientId, limit: number) => Effect.Effect<ReadonlyArray<PhoneNumber>>
  }
>()("@phonebook/domain/PhoneNumberRepository") {}
