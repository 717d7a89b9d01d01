import type { AccountId, ClientId, Unavailable } from "@phonebook/domain"
import { Effect, Exit } from "effect"
import { prepareCountClients } from "./client-repository.ts"
import { Database } from "./database.ts"
import { failure } from "./driver-error.ts"
import { clients } from "./tables.ts"

/**
 * Stores a client under an id chosen beforehand, for the demo and for tests, which show documented ids; one that is there
 * already stays as it is.
 */
export const plantClient = (
  accountId: AccountId,
  client: { readonly id: ClientId; readonly name: string; readonly updatedAt: number },
): Effect.Effect<void, Unavailable, Database> =>
  Effect.flatMap(Database, ({ writer }) => {
    try {
      return Exit.succeed(
        writer.transaction(() => {
          const { changes } = writer.orm
            .insert(clients)
            .values({ ...client, accountId, phoneNumberCount: 0, version: 1 })
            .onConflictDoNothing()
            .run()
          prepareCountClients(writer.orm).run({ accountId, more: changes })
        }),
      )
    } catch (error) {
      return failure(error)
    }
  })
