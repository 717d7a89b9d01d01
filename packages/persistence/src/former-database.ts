import { existsSync } from "node:fs"
import Sqlite from "better-sqlite3"
import { isLocked } from "./driver-error.ts"
import { isUnreadable } from "./open-database-file.ts"
import { refuse } from "./refused.ts"
import { readSequences, type Sequences } from "./sequences.ts"

/** What the database that a restore replaces still tells. */
export interface Former {
  readonly sequences: Sequences
  readonly credentials: ReadonlySet<string>
  /** Whether all of it can be read. */
  readonly sound: boolean
}

const UNREADABLE: Former = { sequences: new Map(), credentials: new Set(), sound: false }

/**
 * Brings what a database's log holds into the file itself, where it can be read: from then on it is one file, which can be
 * kept under another name. Null where there is none.
 *
 * @throws Refused where another process has it open, and for another program's.
 */
export const settle = (file: string): Former | null => {
  if (!existsSync(file)) return null
  try {
    return read(file)
  } catch (error) {
    if (isLocked(error)) return refuse(`Another process has ${file} open: stop it first`)
    if (isUnreadable(error)) return UNREADABLE
    throw error
  }
}

const read = (file: string): Former => {
  const sqlite = new Sqlite(file, { timeout: 5 })
  try {
    const tables = sqlite.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table'").pluck().all()
    if (tables.length > 0 && !tables.includes("migrations")) return refuse(`${file} is not a database of Phonebook`)
    // Succeeds only while nobody else has the database open, and leaves no other file of it.
    sqlite.pragma("journal_mode = DELETE")
    if (tables.length === 0) return UNREADABLE
    return {
      sequences: readSequences(sqlite),
      credentials: credentialsOf(sqlite),
      sound: sqlite.pragma("integrity_check(1)", { simple: true }) === "ok",
    }
  } finally {
    sqlite.close()
  }
}

/**
 * Whether a database is what became of a backup, so that it knows every id given since: it has all of its credentials.
 * One that was begun anew after a loss has not.
 */
export const continues = ({ sound, credentials }: Former, backup: Sqlite.Database): boolean => {
  const known = credentialsOf(backup)
  return sound && known.size > 0 && Array.from(known).every((credential) => credentials.has(credential))
}

/** With the time of their making: one made anew under the token of a lost one is another. */
const credentialsOf = (sqlite: Sqlite.Database): ReadonlySet<string> =>
  new Set(sqlite.prepare<[], string>("SELECT token || ' ' || created_at FROM credentials").pluck().all())
