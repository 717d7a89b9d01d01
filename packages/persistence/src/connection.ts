import Sqlite from "better-sqlite3"
import type { BetterSQLite3Database } from "drizzle-orm/better-sqlite3"
import { drizzle } from "./drizzle.ts"
import { Exit } from "effect"
import { DatabaseUnusable } from "./database-unusable.ts"
import { driverError } from "./driver-error.ts"

/** One connection, and the only way to begin and end what is atomic on it. Everything here is synchronous. */
export interface Connection {
  readonly sqlite: Sqlite.Database
  readonly orm: BetterSQLite3Database
  /** Runs work between BEGIN and COMMIT. Whatever throws, COMMIT included, leaves nothing behind and is thrown on. */
  readonly transaction: <A>(work: () => A) => A
  /** Within a transaction: takes back the changes of work that fails, and of nothing else. */
  readonly savepoint: <A, E>(work: () => Exit.Exit<A, E>) => Exit.Exit<A, E>
}

/** SQLite blocks the event loop while it waits for a lock, so it hardly does: callers that get SQLITE_BUSY try again later. */
export const BUSY_TIMEOUT_MILLIS = 5

/** What every connection must have, as PRAGMA reads it back. Only the file's journal mode outlives a connection. */
const PRAGMAS = [
  // Acknowledged means durable. better-sqlite3 opens a file that is already in WAL mode at NORMAL. (`write-ahead-log.ts`
  // puts the server's writer back to NORMAL, once it syncs the log itself.)
  ["synchronous", "FULL", 2],
  // On macOS an fsync does not reach the medium without; elsewhere it says nothing.
  ["fullfsync", "ON", 1],
  ["foreign_keys", "ON", 1],
  // A deleted number leaves no trace in free pages.
  ["secure_delete", "ON", 1],
  // Of the database, in KiB: half of better-sqlite3's own. What is not there the kernel has.
  ["cache_size", "-8000", -8000],
] as const

const IN_MEMORY = ":memory:"

/** Whether a database of this name lives and dies with its connection. */
export const isInMemory = (file: string): boolean => file === IN_MEMORY

/** Why another program's database is refused. */
export const FOREIGN = "it holds the tables of another program"

/** Whether a database is another program's; an empty one is nobody's. */
export const isForeign = (sqlite: Sqlite.Database): boolean => {
  const tables = sqlite.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
  return tables.length > 0 && !tables.includes("migrations")
}

/**
 * Opens a connection; the first to a file is the one that writes.
 *
 * @throws SqliteError for a file that is no database, cannot be opened, or is locked;
 *   DatabaseUnusable for another program's, and for one that cannot be as durable as we promise.
 */
export const connect = (file: string, options: { readonly readonly: boolean }): Connection => {
  const refuse = (reason: string): never => {
    throw new DatabaseUnusable({ file, reason })
  }
  const sqlite = new Sqlite(file, { readonly: options.readonly, timeout: BUSY_TIMEOUT_MILLIS })
  try {
    // Before anything is changed: the way of the journal is a setting of the file.
    if (isForeign(sqlite)) refuse(FOREIGN)
    const mode = sqlite.pragma("journal_mode = WAL", { simple: true })
    if (mode !== "wal" && !isInMemory(file)) refuse(`it cannot have a write-ahead log there: journal_mode is ${mode}`)
    for (const [name, value, readBack] of PRAGMAS) {
      sqlite.pragma(`${name} = ${value}`)
      const actual = sqlite.pragma(name, { simple: true })
      if (actual !== readBack) refuse(`PRAGMA ${name} = ${value} reads back as ${actual}`)
    }
  } catch (error) {
    sqlite.close()
    throw error
  }

  // A writer that began as a reader could not go on once another process has written.
  const begin = sqlite.prepare(options.readonly ? "BEGIN" : "BEGIN IMMEDIATE")
  const commit = sqlite.prepare("COMMIT")
  const rollback = sqlite.prepare("ROLLBACK")
  const save = sqlite.prepare("SAVEPOINT work")
  const undo = sqlite.prepare("ROLLBACK TO work")
  const release = sqlite.prepare("RELEASE work")

  return {
    sqlite,
    orm: drizzle(sqlite),
    transaction: (work) => {
      begin.run()
      try {
        const result = work()
        commit.run()
        return result
      } finally {
        if (sqlite.inTransaction) rollback.run()
      }
    },
    savepoint: (work) => {
      save.run()
      const exit = work()
      // A full disk, for one, may make SQLite end the whole transaction: https://sqlite.org/lang_transaction.html
      if (!sqlite.inTransaction) throw driverError(exit) ?? new Error("SQLite rolled the transaction back")
      if (Exit.isFailure(exit)) undo.run()
      release.run()
      return exit
    },
  }
}
