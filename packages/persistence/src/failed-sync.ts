import { existsSync, rmSync, writeFileSync } from "node:fs"

// What a failed sync leaves to be known. The worker that checkpoints knows it first, so this file loads next to nothing.

/** Whether SQLite says by this code that the disk failed to confirm what was written: nobody knows what of it is there. */
export const isFailedSyncCode = (code: string): boolean => /^SQLITE_IOERR_(?:DIR_)?FSYNC$/u.test(code)

/** Beside a database of which a sync has failed: what the index of the log tells of as moved may not be on the disk. */
const markOf = (path: string): string => `${path}.distrusted-index`

/** For when a checkpoint could not sync the database: until nobody has it open, no process moves the log by its index. */
export const distrustIndex = (path: string): void => {
  try {
    writeFileSync(markOf(path), "")
  } catch {
    // On a disk that fails this may fail as well, and nothing more can be done.
  }
}

export const isIndexDistrusted = (path: string): boolean => existsSync(markOf(path))

/** For when nobody has the database open, so that its index is gone. */
export const forgetDistrust = (path: string): void => rmSync(markOf(path), { force: true })
