import { existsSync } from "node:fs"
import Sqlite from "better-sqlite3"
import { readMigrationFiles } from "./drizzle.ts"
import type { Effect } from "effect"
import { isUnreadable } from "./driver-error.ts"
import { MIGRATIONS_FOLDER } from "./migrations.ts"
import { attempt, refuse, type Refused } from "./refused.ts"

/** How long to wait, in milliseconds, for a lock that somebody holds: nobody is served meanwhile. */
const BUSY_TIMEOUT = 5_000

/** A database as it stands on the disk, for reading. */
export interface DatabaseFile {
  readonly sqlite: Sqlite.Database
  /** Whether it has had every migration: what asks for its columns can be asked. */
  readonly current: boolean
}

/**
 * Opens a database to look at it: nothing is made, migrated or written.
 *
 * @throws Refused for a path without a file, a file that is no database, one of another program, and one that is newer
 *   than this program.
 */
export const openDatabaseFile = (file: string): DatabaseFile => {
  if (!existsSync(file)) return refuse(`There is no database at ${file}`)
  // Not `readonly`: SQLite then forgets the CHECKs, and an integrity check finds nothing against them.
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: BUSY_TIMEOUT })
  try {
    sqlite.pragma("query_only = ON")
    return { sqlite, current: isCurrent(sqlite, file) }
  } catch (error) {
    sqlite.close()
    if (isUnreadable(error)) return refuse(`${file} is no database, or damaged: ${error.message}`)
    throw error
  }
}

/** Copies a database, as it is at one moment, into a new or empty file. */
export const copyInto = ({ sqlite }: DatabaseFile, path: string): void => {
  // SQLite takes a copy for a write.
  sqlite.pragma("query_only = OFF")
  sqlite.prepare("VACUUM INTO ?").run(path)
}

/** The log or journal of a former database: SQLite would write it over a database that is put at that path. */
export const leftoverBeside = (path: string): string | undefined =>
  ["-wal", "-journal"].map((suffix) => path + suffix).find((leftover) => existsSync(leftover))

/** Fails where `layer` would make a database or bring one up to date: that is for the server to do. */
export const requireCurrentDatabase = (file: string): Effect.Effect<void, Refused> =>
  attempt(`Cannot use the database ${file}`, () => {
    const { sqlite, current } = openDatabaseFile(file)
    sqlite.close()
    if (!current) refuse(`${file} is older than this program: start the server once, which brings it up to date`)
  })

const isCurrent = (sqlite: Sqlite.Database, file: string): boolean => {
  const isOurs =
    "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('migrations', 'settings', 'clients')"
  if (sqlite.prepare(isOurs).pluck().get() !== 3) return refuse(`${file} is not a database of Phonebook`)
  const applied = sqlite.prepare<[], string>("SELECT hash FROM migrations").pluck().all()
  const known = new Set(readMigrationFiles({ migrationsFolder: MIGRATIONS_FOLDER }).map(({ hash }) => hash))
  if (applied.some((hash) => !known.has(hash)))
    return refuse(`${file} was written by a newer version of this program: take that one`)
  return applied.length === known.size
}

/** How many there are of what an operator knows. */
export interface Counts {
  readonly accounts: number
  readonly credentials: number
  readonly clients: number
  readonly phoneNumbers: number
}

export const countRows = (sqlite: Sqlite.Database): Counts => {
  const count = (table: string) => sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
  return {
    accounts: count("accounts"),
    credentials: count("credentials"),
    clients: count("clients"),
    phoneNumbers: count("phone_numbers"),
  }
}
