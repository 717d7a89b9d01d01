import { existsSync } from "node:fs"
import Sqlite from "better-sqlite3"
import { readMigrationFiles } from "./drizzle.ts"
import type { Effect } from "effect"
import { isUnreadable } from "./driver-error.ts"
import { BUSY_TIMEOUT, keepFormerLog } from "./former-log.ts"
import { MIGRATIONS_FOLDER } from "./migrations.ts"
import { attempt, refuse, type Refused } from "./refused.ts"

/** A database as it stands on the disk, for reading. */
export interface DatabaseFile {
  readonly sqlite: Sqlite.Database
  /** Whether it has had every migration, and so every column that this program knows. */
  readonly current: boolean
  readonly close: () => void
}

/**
 * Opens a database to look at it: nothing is made or migrated, and neither the file nor its log changes.
 *
 * @throws Refused for a path without a file, a file that is no database, one of another program, and one that is newer
 *   than this program.
 */
export const openDatabaseFile = (file: string): DatabaseFile => {
  if (!existsSync(file)) return refuse(`There is no database at ${file}`)
  try {
    return open(file)
  } catch (error) {
    if (isUnreadable(error)) return refuse(`${file} is no database, or damaged: ${error.message}`)
    throw error
  }
}

const open = (file: string): DatabaseFile => {
  const keeper = keepFormerLog(file)
  // Not `readonly`: SQLite then forgets the CHECKs, and an integrity check finds nothing against them.
  const sqlite = new Sqlite(file, { fileMustExist: true, timeout: BUSY_TIMEOUT })
  const close = () => {
    sqlite.close()
    keeper?.close()
  }
  try {
    sqlite.pragma("query_only = ON")
    return { sqlite, current: isCurrent(sqlite, file), close }
  } catch (error) {
    close()
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

/** Fails where `layer` would make a database or migrate one: only the server does that. */
export const requireCurrentDatabase = (file: string): Effect.Effect<void, Refused> =>
  attempt(`Cannot use the database ${file}`, () => {
    const { current, close } = openDatabaseFile(file)
    close()
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

/** The tables of which `countRows` counts the rows; every version of the database has them. */
export const COUNTED_TABLES = ["accounts", "credentials", "clients", "phone_numbers"] as const

export const countRows = (sqlite: Sqlite.Database): Counts => {
  const count = (table: (typeof COUNTED_TABLES)[number]) =>
    sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0
  return {
    accounts: count("accounts"),
    credentials: count("credentials"),
    clients: count("clients"),
    phoneNumbers: count("phone_numbers"),
  }
}
