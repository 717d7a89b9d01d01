import { closeSync, fdatasyncSync, openSync, realpathSync, statSync } from "node:fs"
import { dirname } from "node:path"
import Sqlite from "better-sqlite3"
import { BUSY_TIMEOUT_MILLIS, isForeign } from "./connection.ts"
import { isLocked, isUnreadable } from "./driver-error.ts"
import { rewrite, sync } from "./durable-file.ts"

// What a process that was killed has left in the log: commits whose sync had not ended, or had failed.

/** How long to wait, in milliseconds, for a lock that another process holds, where nobody is served meanwhile. */
export const BUSY_TIMEOUT = 5_000

/** Of a log, before its first frame: https://sqlite.org/fileformat2.html#the_write_ahead_log */
const HEADER_BYTES = 32

/** As SQLite calls the database: the name that was given may be a link, and the log lies beside what it leads to. */
export const pathOf = (sqlite: Sqlite.Database): string => {
  const [{ file }] = sqlite.pragma("database_list") as [{ readonly file: string }]
  return file
}

/**
 * A second connection to a database that has a log. The last connection to close writes the log into the file and removes it;
 * this one closes after the other, and as a reader it cannot.
 */
export const keepFormerLog = (file: string): Sqlite.Database | undefined => {
  const log = statSync(`${realpathSync(file)}-wal`, { throwIfNoEntry: false })
  // Without a frame it holds nothing. There may be a journal then, which a reader could not take back.
  if (log === undefined || log.size <= HEADER_BYTES) return undefined
  const sqlite = new Sqlite(file, { readonly: true, timeout: BUSY_TIMEOUT })
  try {
    // Only reading opens the file.
    sqlite.prepare("SELECT count(*) FROM sqlite_schema").get()
    return sqlite
  } catch (error) {
    sqlite.close()
    if (isUnreadable(error)) return undefined
    throw error
  }
}

/**
 * Brings what the log holds onto the disk, and into the database where no other process has that open. To be called before anything
 * else opens the database, and as often as like: every connection of a try that fails is closed again, and none that could move the
 * log is the last.
 *
 * @throws SqliteError SQLITE_BUSY while another process writes.
 */
export const settleFormerLog = (file: string): void => {
  const keeper = keepFormerLog(file)
  if (keeper === undefined) return
  try {
    if (isForeign(keeper)) return
    secure(file)
  } finally {
    keeper.close()
  }
  moveAlone(file)
}

/**
 * Writes the log anew where it lies, and syncs it. After a sync that failed the kernel takes the pages for clean, and no sync of
 * SQLite's writes them: moved into the database, half of it might be there when the power fails, and nothing of the log to mend it.
 */
const secure = (file: string): void => {
  const sqlite = new Sqlite(file, { timeout: BUSY_TIMEOUT_MILLIS })
  try {
    sqlite.exec("BEGIN IMMEDIATE")
    const log = `${pathOf(sqlite)}-wal`
    const descriptor = openSync(log, "r+")
    try {
      rewrite(descriptor)
      fdatasyncSync(descriptor)
      sync(dirname(log))
    } finally {
      closeSync(descriptor)
    }
  } finally {
    sqlite.close()
  }
}

/**
 * Moves all of the log into the database. Not by the index that processes share, which may outlive one whose sync of the database
 * failed, and has as moved what is not on the disk: exclusive from the beginning, SQLite reads the log and makes its own.
 */
const moveAlone = (file: string): void => {
  const sqlite = new Sqlite(file, { timeout: BUSY_TIMEOUT_MILLIS })
  try {
    for (const setting of ["locking_mode = EXCLUSIVE", "synchronous = FULL", "fullfsync = ON"]) sqlite.pragma(setting)
    sqlite.pragma("wal_checkpoint(TRUNCATE)")
  } catch (error) {
    if (!isLocked(error)) throw error
  } finally {
    sqlite.close()
  }
  // Closing has removed the log: it must not come back over what is moved later.
  sync(dirname(realpathSync(file)))
}
