import { closeSync, fdatasyncSync, openSync, realpathSync, statSync } from "node:fs"
import { dirname } from "node:path"
import Sqlite from "better-sqlite3"
import { BUSY_TIMEOUT_MILLIS, FOREIGN, isForeign } from "./connection.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { isLocked } from "./driver-error.ts"
import { rewrite, sync } from "./durable-file.ts"
import { forgetDistrust, isIndexDistrusted } from "./failed-sync.ts"

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
export const keepFormerLog = (file: string, timeout = BUSY_TIMEOUT): Sqlite.Database | undefined => {
  const log = statSync(`${realpathSync(file)}-wal`, { throwIfNoEntry: false })
  // Without a frame it holds nothing. There may be a journal then, which a reader could not take back.
  if (log === undefined || log.size <= HEADER_BYTES) return undefined
  const sqlite = new Sqlite(file, { readonly: true, timeout })
  try {
    // Only reading opens the file.
    sqlite.prepare("SELECT count(*) FROM sqlite_schema").get()
    return sqlite
  } catch (error) {
    sqlite.close()
    throw error
  }
}

/**
 * Brings what the log holds onto the disk, and into the database where no other process has that open. To be called before anything
 * else opens the database, and as often as like: every connection of a try that fails is closed again, and none that could move the
 * log is the last.
 *
 * @returns whether no other process has the database open, as far as that matters: where the log holds anything.
 * @throws SqliteError SQLITE_BUSY while another process writes, or has a database open whose index is distrusted;
 *   DatabaseUnusable for another program's database, whose log stays as it is.
 */
export const settleFormerLog = (file: string): boolean => {
  const path = realpathSync(file)
  const keeper = keepFormerLog(file, BUSY_TIMEOUT_MILLIS)
  if (keeper !== undefined) {
    try {
      if (isForeign(keeper)) throw new DatabaseUnusable({ file, reason: FOREIGN })
      secure(path)
    } finally {
      keeper.close()
    }
    if (!moveAlone(path)) {
      if (!isIndexDistrusted(path)) return false
      throw new Sqlite.SqliteError("another process has had the database open since a sync failed", "SQLITE_BUSY")
    }
  }
  forgetDistrust(path)
  return true
}

/**
 * Writes the log anew where it lies, and syncs it. After a sync that failed the kernel takes the pages for clean, and no sync of
 * SQLite's writes them: moved into the database, half of it might be there when the power fails, and nothing of the log to mend it.
 */
const secure = (path: string): void => {
  const sqlite = new Sqlite(path, { timeout: BUSY_TIMEOUT_MILLIS })
  try {
    // To a file that this user may only read BEGIN says nothing, and takes no lock; a write, never committed, does say so.
    sqlite.exec("BEGIN IMMEDIATE; PRAGMA user_version = 1")
    const descriptor = openSync(`${path}-wal`, "r+")
    try {
      rewrite(descriptor)
      fdatasyncSync(descriptor)
      sync(dirname(path))
    } finally {
      closeSync(descriptor)
    }
  } finally {
    sqlite.close()
  }
}

/**
 * Moves all of the log into the database, where nobody else has that open. Not by the index that processes share, which may outlive
 * one whose sync of the database failed, and has as moved what is not on the disk: exclusive from the beginning, SQLite reads the
 * log and makes its own.
 */
const moveAlone = (path: string): boolean => {
  const sqlite = new Sqlite(path, { timeout: BUSY_TIMEOUT_MILLIS })
  try {
    for (const setting of ["locking_mode = EXCLUSIVE", "synchronous = FULL", "fullfsync = ON"]) sqlite.pragma(setting)
    sqlite.pragma("wal_checkpoint(TRUNCATE)")
    return true
  } catch (error) {
    if (!isLocked(error)) throw error
    return false
  } finally {
    sqlite.close()
    // Closing has removed the log: it must not come back over what is moved later.
    sync(dirname(path))
  }
}
