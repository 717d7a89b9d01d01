import { closeSync, existsSync, fdatasyncSync, openSync, realpathSync } from "node:fs"
import { dirname } from "node:path"
import Sqlite from "better-sqlite3"
import { isUnreadable } from "./driver-error.ts"
import { rewrite, sync } from "./durable-file.ts"

// What a process that was killed has left in the log: commits whose sync had not ended, or had failed.

/** How long to wait, in milliseconds, for a lock that another process holds: a command may, it serves nobody. */
export const BUSY_TIMEOUT = 5_000

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
  if (!existsSync(`${realpathSync(file)}-wal`)) return undefined
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
 * Brings the log onto the disk. After a sync that failed the kernel takes the pages for clean, and no sync of SQLite's writes them:
 * moved into the database, half of it might be there when the power fails, and nothing of the log to mend it with. To be called
 * before anything can move it. Where it fails, the log stays as it is until the process ends.
 *
 * @throws SqliteError SQLITE_BUSY while another process writes.
 */
export const secureFormerLog = (sqlite: Sqlite.Database): void => {
  const file = pathOf(sqlite)
  if (!existsSync(`${file}-wal`)) return
  sqlite.exec("BEGIN IMMEDIATE")
  try {
    const keeper = keepFormerLog(file)
    writeAnew(`${file}-wal`)
    keeper?.close()
  } finally {
    sqlite.exec("ROLLBACK")
  }
}

const writeAnew = (log: string): void => {
  const descriptor = openSync(log, "r+")
  try {
    rewrite(descriptor)
    fdatasyncSync(descriptor)
    sync(dirname(log))
  } finally {
    closeSync(descriptor)
  }
}
