import { type AccountId, type ClientId, ClientNotFound, ClientRepository, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { eq } from "./drizzle.ts"
import { Effect, Schedule } from "effect"
import type { Connection } from "./connection.ts"
import { Database } from "./database.ts"
import { isLocked } from "./driver-error.ts"
import { attempt, type Refused } from "./refused.ts"
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
 * Erases a client with all that shows it, from the database and from its write-ahead log. It writes the file anew, some
 * 1.2 s for a million numbers, while others read but wait to write. Fails with ClientNotFound, and with Refused where that
 * cannot be done (no room for a second copy, a read that takes as long as a backup): the next erasure makes up for it.
 */
export const eraseClient = Effect.fnUntraced(function* (clientId: ClientId) {
  const { run } = yield* UnitOfWork
  yield* run(ClientRepository.use((repository) => repository.erase(clientId)))
  const { file, writer } = yield* Database
  // secure_delete alone is not enough: where a page is split, a copy of what moves may stay behind in it, unknown to
  // SQLite. Measured: of 2232 deleted numbers the file still held 4.
  yield* patiently(file, () => writer.sqlite.exec("VACUUM"))
  yield* patiently(file, () => emptyLog(writer))
})

const emptyLog = ({ sqlite }: Connection): void => {
  const busy = sqlite.pragma("wal_checkpoint(TRUNCATE)", { simple: true })
  if (busy !== 0) throw new Sqlite.SqliteError("the write-ahead log is being read", "SQLITE_BUSY")
}

/** The reads and writes of a server are short: within two seconds there is a moment without any. */
const WHILE_IT_IS_IN_USE = { while: isLocked, schedule: Schedule.spaced("20 millis"), times: 100 }

const patiently = (file: string, step: () => void): Effect.Effect<void, Refused> =>
  Effect.try({ try: step, catch: (error) => error }).pipe(
    Effect.retry(WHILE_IT_IS_IN_USE),
    Effect.catch((error) =>
      attempt(`The client is erased, but ${file} keeps traces until the next erasure`, () => {
        throw error
      }),
    ),
  )
