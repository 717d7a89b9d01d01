import { existsSync, lstatSync, realpathSync, rmSync, statSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import type { Effect, Redacted } from "effect"
import { damage, examine, examineKey, type Finding } from "./doctor.ts"
import { moveDurably } from "./durable-file.ts"
import { copyInto, type Counts, countRows, leftoverBeside, openDatabaseFile } from "./open-database-file.ts"
import { makePrivateFile } from "./private-file.ts"
import { attempt, refuse, type Refused } from "./refused.ts"
import { keySource } from "./secret-key.ts"

/** A backup that was made. */
export interface Backup {
  readonly file: string
  readonly backup: string
  readonly bytes: number
  readonly counts: Counts
  /** Where the key is that the backup cannot be used without: a file, or PHONEBOOK_SECRET_KEY. */
  readonly key: string
  /** What `doctor` finds in the copy, which is as in the database, and in the key. A damaged copy is no backup. */
  readonly findings: ReadonlyArray<Finding>
}

/**
 * Copies a database, as it is at one moment, into one new file; beside a running server too, which it does not stop. The
 * copy is on the disk and verified before it has its name. The paging backup API of SQLite would start again at every
 * write of another process, without end under load.
 */
export const backup = (options: {
  readonly file: string
  readonly to: string
  readonly secretKey: Redacted.Redacted<string> | undefined
}): Effect.Effect<Backup, Refused> =>
  attempt(`Cannot make the backup ${options.to}`, () => {
    const { file, to, secretKey } = options
    const source = openDatabaseFile(file)
    try {
      refuseDestination(file, to)
      const unfinished = `${to}.unfinished`
      begin(unfinished)
      try {
        copyInto(source, unfinished)
        const { counts, findings } = verify(unfinished)
        const keyFindings = examineKey(source.sqlite, file, secretKey)
        moveDurably(unfinished, to)
        return {
          file,
          backup: to,
          bytes: statSync(to).size,
          counts,
          key: keySource(file, secretKey),
          findings: [...findings, ...keyFindings],
        }
      } finally {
        rmSync(unfinished, { force: true })
        rmSync(`${unfinished}-journal`, { force: true })
      }
    } finally {
      source.close()
    }
  })

const refuseDestination = (file: string, to: string): void => {
  if (!existsSync(dirname(to))) refuse(`Cannot make the backup ${to}: there is no folder ${dirname(to)}`)
  const live = realpathSync(file)
  const path = join(realpathSync(dirname(to)), basename(to))
  const existing = statSync(to, { throwIfNoEntry: false })
  const { dev, ino } = statSync(file)
  if (existing?.dev === dev && existing.ino === ino) refuse(`${to} is the database itself: choose another name`)
  // SQLite would take a file of such a name for a part of the database.
  if (
    ["-wal", "-shm", "-journal", ".key", ".lock", ".restoring", ".distrusted-index"].some(
      (suffix) => path === live + suffix,
    )
  )
    refuse(`${to} is a name that belongs to the database: choose another`)
  // A link that leads nowhere counts too.
  if (lstatSync(to, { throwIfNoEntry: false }) !== undefined)
    refuse(`${to} exists already: a backup never takes the place of a file`)
  const leftover = leftoverBeside(to)
  if (leftover !== undefined) refuse(`${leftover} is left of another database: move it away, or choose another name`)
}

const begin = (path: string): void => {
  try {
    makePrivateFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    refuse(`${path} exists already: another backup is being made, or one was killed; in that case remove it`)
  }
}

const verify = (copy: string) => {
  const database = openDatabaseFile(copy)
  try {
    const findings = examine(database)
    const damaged = damage(findings)
    if (damaged !== null) refuse(`The copy is damaged, so there is no backup: ${damaged}`)
    return { counts: countRows(database.sqlite), findings }
  } finally {
    database.close()
  }
}
