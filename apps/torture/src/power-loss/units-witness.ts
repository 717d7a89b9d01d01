import { existsSync } from "node:fs"
import { isDeepStrictEqual } from "node:util"
import { readDatabase } from "./database.ts"
import { type Line, stateAfter, unitsOf } from "./history.ts"
import type { Event } from "./journal.ts"
import { linesOf } from "./lines.ts"
import type { Witness } from "./power-loss.ts"
import { RESTARTS, restart } from "./restart.ts"
import { BACKUP, tracesIn } from "./steps.ts"

/** Holds what a power loss leaves of the database of `workload.ts` (and `companion.ts`), and of its backup, against what its units make. */
export const unitsWitness = (events: ReadonlyArray<Event>): Witness => {
  const units = unitsOf(events)
  let answered = 0
  /** How many units had been answered when the backup began that is done. */
  let backedUp: number | undefined
  let beforeBackup = 0
  let erasure: "none" | "ahead" | "begun" | "done" = "none"

  const happen = (line: Line) => {
    if ("answered" in line) answered = Math.max(answered, line.answered)
    // Who reads what a killed process has left builds on it, answered or not.
    else if ("found" in line) answered = Math.max(answered, line.found)
    else if ("erasure" in line) erasure = line.erasure
    else if ("backup" in line && line.backup === "done") backedUp = beforeBackup
    else if ("backup" in line) [beforeBackup, backedUp] = [answered, undefined]
  }

  /** What is wrong with what was read of a database that must hold so many units. */
  const troubleIn = (database: ReturnType<typeof readDatabase>, least: number): ReadonlyArray<string> => {
    const { units: found, credentials, state, trouble } = database
    return [
      ...trouble,
      ...(found < least ? [`${least} units of work were answered, ${found} are there`] : []),
      ...(found > units.length ? [`${found} units of work are there, ${units.length} were ever committed`] : []),
      ...(credentials === Math.min(found, 1) ? [] : [`${credentials} credentials are there`]),
      // Commits come one after the other: what is there must be what the first so many of them make, to the last field.
      ...(isDeepStrictEqual(state, stateAfter(units.slice(0, found)))
        ? []
        : [`what is there is not what ${found} units make`]),
    ]
  }

  const backupTrouble = (backup: string): ReadonlyArray<string> => {
    if (!existsSync(backup)) return backedUp === undefined ? [] : ["it is not there"]
    try {
      return troubleIn(readDatabase(backup), backedUp ?? 0)
    } catch (error) {
      return [`it cannot be read: ${String(error)}`]
    }
  }

  return {
    happen: (event) => linesOf<Line>(event).forEach(happen),
    examine: async (file, round) => {
      const traces = tracesIn(file)
      // Before the first answer there may be no tables: only a start makes them.
      if (answered === 0 || round % RESTARTS === 0) await restart(file)
      const database = readDatabase(file)
      const { marked, erasureUnfinished } = database
      return {
        answered,
        found: database.units,
        discrepancies: [
          ...troubleIn(database, answered),
          ...backupTrouble(file + BACKUP).map((trouble) => `the backup: ${trouble}`),
          ...(erasure === "ahead" && marked === 0 ? ["a client is gone that nobody has erased"] : []),
          ...(erasure === "done" && marked > 0 ? ["the erased client is there"] : []),
          ...(erasure === "done" && erasureUnfinished ? ["the erasure was done, and is unfinished"] : []),
          ...(erasure !== "none" && marked === 0 && !erasureUnfinished ? traces : []),
        ],
      }
    },
  }
}
