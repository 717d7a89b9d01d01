import { type AccountId, type ClientId, ClientNotFound, ClientRepository, UnitOfWork } from "@phonebook/domain"
import { eq } from "drizzle-orm"
import { Effect, Schedule } from "effect"
import type { Connection } from "./connection.ts"
import { Database } from "./database.ts"
import { Refused } from "./refused.ts"
import { clients } from "./tables.ts"

/** What an operator wants to see before a client is erased. */
export interface ErasableClient {
  readonly id: ClientId
  readonly accountId: AccountId
  readonly name: string
  readonly phoneNumberCount: number
}

/** A client of whatever account. Fails with ClientNotFound. */
export const findErasableClient = Effect.fnUntraced(function* (clientId: ClientId) {
  const { reader } = yield* Database
  const { id, accountId, name, phoneNumberCount } = clients
  const found: ErasableClient | undefined = reader.orm
    .select({ id, accountId, name, phoneNumberCount })
    .from(clients)
    .where(eq(id, clientId))
    .get()
  return found ?? (yield* new ClientNotFound({ clientId: String(clientId) }))
})

/**
 * Erases a client with all that shows it, from the database and from its write-ahead log. Fails with ClientNotFound, and
 * with Refused where something reads on for seconds, as a backup may: then the log keeps what it holds for a while.
 */
export const eraseClient = Effect.fnUntraced(function* (clientId: ClientId) {
  const { run } = yield* UnitOfWork
  yield* run(ClientRepository.use((repository) => repository.erase(clientId)))
  const { file, writer } = yield* Database
  yield* Effect.suspend(() => emptyLog(file, writer)).pipe(Effect.retry(WHILE_IT_IS_READ))
})

/** The reads of a server are short: within two seconds there is a moment without any. */
const WHILE_IT_IS_READ = { schedule: Schedule.spaced("20 millis"), times: 100 }

const emptyLog = (file: string, { sqlite }: Connection): Effect.Effect<void, Refused> =>
  sqlite.pragma("wal_checkpoint(TRUNCATE)", { simple: true }) === 0
    ? Effect.void
    : Effect.fail(
        new Refused({
          message: `The client is erased, but another process reads ${file}: ${file}-wal keeps traces until the server was stopped once`,
        }),
      )
