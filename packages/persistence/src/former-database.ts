import { existsSync } from "node:fs"
import Sqlite from "better-sqlite3"
import { DatabaseUnusable } from "./database-unusable.ts"
import { isLocked, isUnreadable } from "./driver-error.ts"
import { settleFormerLog } from "./former-log.ts"
import { COUNTED_TABLES } from "./open-database-file.ts"
import { refuse } from "./refused.ts"
import { readSequences, type Sequences } from "./sequences.ts"

/** What a restore learns from the database that it replaces. */
export interface Former {
  readonly sequences: Sequences
  readonly credentials: ReadonlySet<string>
  /** The highest that any record has. */
  readonly version: number
  /** Whether all of it can be read. */
  readonly sound: boolean
}

const UNREADABLE: Former = { sequences: new Map(), credentials: new Set(), version: 0, sound: false }

/**
 * Reads the database that a restore replaces; null where there is none. On the way SQLite writes what its log holds into
 * the file itself and removes the log, so that the file alone can be kept under another name. A file that cannot be read
 * stays as it is.
 *
 * @throws Refused where another process has it open, and for another program's database.
 */
export const readFormerDatabase = (file: string): Former | null => {
  if (!existsSync(file)) return null
  try {
    if (!settleFormerLog(file)) return refuseOpen(file)
    return read(file)
  } catch (error) {
    if (isLocked(error)) return refuseOpen(file)
    if (error instanceof DatabaseUnusable) return refuseForeign(file)
    if (isUnreadable(error)) return UNREADABLE
    throw error
  }
}

const refuseForeign = (file: string): never => refuse(`${file} is not a database of Phonebook`)

const refuseOpen = (file: string): never => refuse(`Another process has ${file} open: stop it first`)

const read = (file: string): Former => {
  const sqlite = new Sqlite(file, { timeout: 5 })
  try {
    const tables = sqlite.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    if (tables.length > 0 && !COUNTED_TABLES.some((table) => tables.includes(table))) return refuseForeign(file)
    // Fails with SQLITE_BUSY while anybody else has the database open.
    sqlite.pragma("journal_mode = DELETE")
    // With a table its last id is gone.
    if (!COUNTED_TABLES.every((table) => tables.includes(table))) return UNREADABLE
    return {
      sequences: readSequences(sqlite),
      credentials: credentialsOf(sqlite),
      version: highestVersion(sqlite),
      sound: sqlite.pragma("integrity_check(1)", { simple: true }) === "ok",
    }
  } finally {
    sqlite.close()
  }
}

/**
 * Whether the former database is the one that the backup was made of, grown older, so that it knows every id given since:
 * it still has all credentials of the backup. One that a server made anew after a loss has not.
 */
export const descendsFrom = ({ sound, credentials }: Former, backup: Sqlite.Database): boolean => {
  const known = credentialsOf(backup)
  return sound && known.size > 0 && Array.from(known).every((credential) => credentials.has(credential))
}

/** Versions are of clients and of phone numbers. */
const highestVersion = (sqlite: Sqlite.Database): number =>
  sqlite
    .prepare<[], number>(
      "SELECT ifnull(max(version), 0) FROM (SELECT version FROM clients UNION ALL SELECT version FROM phone_numbers)",
    )
    .pluck()
    .get() ?? 0

/** Each with the time it was made: a server without its database makes its first one anew, under the same token. */
const credentialsOf = (sqlite: Sqlite.Database): ReadonlySet<string> =>
  new Set(sqlite.prepare<[], string>("SELECT token || ' ' || created_at FROM credentials").pluck().all())
