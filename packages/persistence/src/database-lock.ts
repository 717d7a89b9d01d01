import { accessSync, constants } from "node:fs"
import { dirname } from "node:path"
import Sqlite from "better-sqlite3"
import type { Effect } from "effect"
import { isLocked } from "./driver-error.ts"
import { destinationOf, makeFolderDurably } from "./durable-file.ts"
import { attempt, refuse, type Refused } from "./refused.ts"

// Why a file of its own, `<database>.lock`: a restore puts another file in the place of the database, and a process that
// was just opening the former one, lock and all, would go on with it. This file stays. A lock of SQLite's ends with its
// process, however that ends.

/** @param access what this user must be allowed to do with the file. */
const lock = (file: string, statements: string, access: number): Sqlite.Database => {
  // The same file for every name of the database: a link too.
  const path = `${destinationOf(file)}.lock`
  const sqlite = new Sqlite(path, { timeout: 5 })
  try {
    accessSync(path, access)
    // Nothing is ever written to it; by default SQLite would make a journal file beside it all the same.
    sqlite.pragma("journal_mode = MEMORY")
    sqlite.exec(statements)
    return sqlite
  } catch (error) {
    sqlite.close()
    throw error
  }
}

/**
 * Marks a database as in use, until it is closed, by as many processes as like.
 *
 * @throws SqliteError SQLITE_BUSY while the database is being replaced.
 */
export const lockShared = (file: string): Sqlite.Database =>
  // Reading is what takes the lock.
  lock(file, "BEGIN; SELECT count(*) FROM sqlite_schema", constants.R_OK)

/** Does work while no process uses a database, and none can begin to. */
export const whileUnused = <A>(file: string, doing: string, work: () => A): Effect.Effect<A, Refused> =>
  attempt(doing, () => {
    makeFolderDurably(dirname(destinationOf(file)))
    const held = lockAlone(file)
    try {
      return work()
    } finally {
      held.close()
    }
  })

const lockAlone = (file: string): Sqlite.Database => {
  try {
    // A file that this user may not write SQLite opens for reading, and keeps nobody out by it.
    return lock(file, "BEGIN EXCLUSIVE", constants.W_OK)
  } catch (error) {
    if (!isLocked(error)) throw error
    return refuse(`${file} is in use: stop the server, and every other phonebook command, first`)
  }
}
