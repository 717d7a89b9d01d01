import { chmodSync, chownSync, linkSync, rmSync, statSync } from "node:fs"
import { dirname } from "node:path"
import Sqlite from "better-sqlite3"
import type { Effect, Redacted } from "effect"
import { whileUnused } from "./database-lock.ts"
import { damage, examine } from "./doctor.ts"
import { destinationOf, inName, moveDurably, sync } from "./durable-file.ts"
import { copyInto, type Counts, countRows, leftoverBeside, openDatabaseFile } from "./open-database-file.ts"
import { makePrivateFile } from "./private-file.ts"
import { refuse, type Refused } from "./refused.ts"
import { descendsFrom, type Former, readFormerDatabase } from "./former-database.ts"
import { keyTrouble } from "./secret-key.ts"
import { moveSequences } from "./sequences.ts"

/** How many ids are skipped where the last one given is not known: more than are given between two backups. */
export const ID_MARGIN = 1_000_000

/** A restore that was done. */
export interface Restored {
  readonly file: string
  readonly from: string
  /** Where the database is kept that was there before; null where there was none. */
  readonly replaced: string | null
  /** How many ids of each kind were skipped because the last one given is not known. */
  readonly skippedIds: number
  readonly counts: Counts
}

interface Options {
  readonly file: string
  readonly from: string
  readonly secretKey: Redacted.Redacted<string> | undefined
  /** Names the database that is replaced, and is what versions go on from. */
  readonly now: Date
}

/**
 * Puts a backup in the place of a database that no process uses. Whatever happens in the middle, what is there is the
 * former database or the restored one, whole. No id that the former one gave is given again, and no version: an ETag of
 * the lost time matches no record.
 */
export const restore = (options: Options): Effect.Effect<Restored, Refused> =>
  whileUnused(options.file, `Cannot restore ${options.from}`, () => {
    // Through a link: what it leads to is replaced, not the link.
    const file = destinationOf(options.file)
    const prepared = `${file}.restoring`
    try {
      const counts = copyVerified(options, prepared)
      const former = readFormerDatabase(file)
      refuseLeftovers(file)
      const skippedIds = moveOn(prepared, former, options.now)
      const replaced = former === null ? null : keep(file, prepared, options.now)
      moveDurably(prepared, file)
      return { file: options.file, from: options.from, replaced, skippedIds, counts }
    } finally {
      rmSync(prepared, { force: true })
    }
  })

/** Copies the backup, which is only read, into one file without a log, and refuses a copy that could not be used. */
const copyVerified = ({ file, from, secretKey }: Options, prepared: string): Counts => {
  const [live, given] = [file, from].map((path) => statSync(path, { throwIfNoEntry: false }))
  if (live !== undefined && live.ino === given?.ino && live.dev === given.dev) refuse(`${from} is the database itself`)
  rmSync(prepared, { force: true })
  const backup = openDatabaseFile(from)
  try {
    makePrivateFile(prepared)
    copyInto(backup, prepared)
  } finally {
    backup.close()
  }
  const copy = openDatabaseFile(prepared)
  try {
    const damaged = damage(examine(copy))
    if (damaged !== null) refuse(`${from} is damaged: ${damaged}`)
    const trouble = keyTrouble(copy.sqlite, file, secretKey)
    if (trouble !== null) refuse(`Cannot restore ${from}: ${trouble}`)
    return countRows(copy.sqlite)
  } finally {
    copy.close()
  }
}

/** Moves ids and versions past those of the lost time. @returns how many ids of each kind are skipped. */
const moveOn = (prepared: string, former: Former | null, now: Date): number => {
  const sqlite = new Sqlite(prepared)
  try {
    // A copy that is interrupted is thrown away, and a journal of it might stay behind, full of people's numbers.
    sqlite.pragma("journal_mode = OFF")
    const skippedIds = former !== null && descendsFrom(former, sqlite) ? 0 : ID_MARGIN
    sqlite.transaction(() => {
      moveSequences(sqlite, former?.sequences ?? new Map(), skippedIds)
      // The milliseconds of now are more than any record has changes, and more than after a former restore: no record
      // changes a thousand times a second all the time.
      const version = Math.max(now.getTime(), (former?.version ?? 0) + 1)
      for (const table of ["clients", "phone_numbers"])
        sqlite.prepare(`UPDATE ${table} SET version = max(version, ?)`).run(version)
    })()
    return skippedIds
  } finally {
    sqlite.close()
  }
}

const refuseLeftovers = (file: string): void => {
  const leftover = leftoverBeside(file)
  if (leftover !== undefined)
    refuse(`${leftover} is left of a database that is gone or cannot be read: move it away, then try again`)
}

/** Gives the former database a second name, so that the first always leads to it or to the restored one. */
const keep = (file: string, prepared: string, now: Date): string => {
  const kept = `${file}.replaced-${inName(now)}`
  const { mode, uid, gid } = statSync(file)
  chmodSync(prepared, mode)
  chownSync(prepared, uid, gid)
  linkSync(file, kept)
  sync(dirname(file))
  return kept
}
