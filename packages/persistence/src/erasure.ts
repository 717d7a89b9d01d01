import { type AccountId, ClientId, ClientNotFound, ClientRepository, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { and, eq } from "./drizzle.ts"
import { Effect, Schedule } from "effect"
import type { Connection } from "./connection.ts"
import { Database } from "./database.ts"
import { isFailedSync, isLocked } from "./driver-error.ts"
import { distrustIndex } from "./failed-sync.ts"
import { pathOf } from "./former-log.ts"
import { attempt } from "./refused.ts"
import { clients, settings } from "./tables.ts"

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

/** The setting that names an erased client as long as its traces may be in the files. */
export const ERASURE_UNFINISHED = "erasure_unfinished"

/**
 * Erases a client with all that shows it, from the database and from its write-ahead log. It writes the file anew, some
 * 1.2 s for a million numbers, while others read but wait to write. Fails with ClientNotFound, and with Refused where the
 * files cannot be cleaned (no room for a second copy, a read that takes as long as a backup): then the client is erased,
 * and `finishErasure` cleans them.
 */
export const eraseClient = Effect.fnUntraced(function* (clientId: ClientId) {
  yield* temporariesOnDisk
  const { run } = yield* UnitOfWork
  const { orm } = (yield* Database).writer
  const value = String(clientId)
  const remember = orm
    .insert(settings)
    .values({ name: ERASURE_UNFINISHED, value })
    .onConflictDoUpdate({ target: settings.name, set: { value } })
  const erase = ClientRepository.use((repository) => repository.erase(clientId))
  yield* run(Effect.andThen(erase, () => Effect.sync(() => remember.run())))
  yield* removeTraces(clientId)
})

/** Cleans the files of a client whose erasure could not be finished, and answers which; null where there is none. */
export const finishErasure = Effect.gen(function* () {
  yield* temporariesOnDisk
  const { orm } = (yield* Database).reader
  const unfinished = orm.select().from(settings).where(eq(settings.name, ERASURE_UNFINISHED)).get()
  if (unfinished === undefined) return null
  const clientId = ClientId.make(Number(unfinished.value))
  yield* removeTraces(clientId)
  return clientId
})

/** A transaction of a million numbers keeps all that it may take back, and VACUUM a copy of the database: not in memory. */
const temporariesOnDisk = Effect.map(Database, ({ writer }) => void writer.sqlite.pragma("temp_store = FILE"))

const removeTraces = Effect.fnUntraced(function* (clientId: ClientId) {
  const { run } = yield* UnitOfWork
  const { file, keepLog, writer } = yield* Database
  const patiently = (step: () => void) =>
    Effect.try({ try: step, catch: (error) => error }).pipe(
      Effect.retry(WHILE_IT_IS_IN_USE),
      Effect.catch((error) => {
        if (isFailedSync(error)) {
          // Else what could not be synced would be moved into the database when that closes.
          keepLog()
          distrustIndex(pathOf(writer.sqlite))
        }
        return attempt(
          `Client ${clientId} is erased, but ${file} keeps traces of it until you erase it once more`,
          () => {
            throw error
          },
        )
      }),
    )
  // secure_delete alone is not enough: where a page is split, a copy of what moves may stay behind in it, unknown to
  // SQLite. Measured: of 2232 deleted numbers the file still held 4.
  yield* patiently(() => {
    // After a failed sync the writer keeps everybody out by a transaction that does not end.
    if (writer.sqlite.inTransaction) throw new Sqlite.SqliteError("a sync of the disk has failed", "SQLITE_IOERR_FSYNC")
    writer.sqlite.exec("VACUUM")
  })
  yield* patiently(() => emptyLog(writer))
  // Only its own: another process may have begun to erase another client.
  const own = and(eq(settings.name, ERASURE_UNFINISHED), eq(settings.value, String(clientId)))
  yield* run(Effect.sync(() => writer.orm.delete(settings).where(own).run()))
})

const emptyLog = ({ sqlite }: Connection): void => {
  const busy = sqlite.pragma("wal_checkpoint(TRUNCATE)", { simple: true })
  if (busy !== 0) throw new Sqlite.SqliteError("the write-ahead log is being read", "SQLITE_BUSY")
}

/** The reads and writes of a server are short: within two seconds there is a moment without any. */
const WHILE_IT_IS_IN_USE = { while: isLocked, schedule: Schedule.spaced("20 millis"), times: 100 }
