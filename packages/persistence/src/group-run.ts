import type { Exit } from "effect"
import type { Connection } from "./connection.ts"

/** What became of the units that were to run. */
export interface GroupRun {
  /** How many ran: the first ones. */
  readonly count: number
  /** Why none of them stands; undefined where they do. */
  readonly error: unknown
  /** Whether they changed nothing, nor anybody else since the group before: other processes write too. */
  readonly unchanged: boolean
}

/**
 * Runs units in one transaction: one at least, and no further one once the time has come, by `performance.now`. Each is alone
 * with the database while it runs, and taken back alone where it fails.
 */
export type RunGroup = (
  units: ReadonlyArray<{ readonly run: () => Exit.Exit<unknown, unknown> }>,
  until: number,
) => GroupRun

export const makeRunGroup = (writer: Connection): RunGroup => {
  const totalChanges = writer.sqlite.prepare<[], number>("SELECT total_changes()").pluck()
  /** Another number once another connection has written. */
  const dataVersion = writer.sqlite.prepare<[], number>("PRAGMA data_version").pluck()
  let knownVersion: number | undefined

  return (units, until) => {
    const changes = totalChanges.get()
    let count = 0
    try {
      writer.transaction(() => {
        do writer.savepoint(units[count++]!.run)
        while (count < units.length && performance.now() < until)
      })
    } catch (error) {
      return { count, error, unchanged: false }
    }
    const version = dataVersion.get()
    const unchanged = totalChanges.get() === changes && version === knownVersion
    knownVersion = version
    return { count, error: undefined, unchanged }
  }
}
