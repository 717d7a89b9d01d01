import { isDeepStrictEqual } from "node:util"
import { readDatabase } from "./database.ts"
import { type Line, stateAfter, unitsOf } from "./history.ts"
import type { Event } from "./journal.ts"
import { linesOf } from "./lines.ts"
import type { Witness } from "./power-loss.ts"
import { RESTARTS, restart } from "./restart.ts"

/** Holds what a power loss leaves of the database of `workload.ts` against what its units make. */
export const unitsWitness = (events: ReadonlyArray<Event>): Witness => {
  const units = unitsOf(events)
  let answered = 0
  return {
    happen: (event) => {
      for (const line of linesOf<Line>(event)) if ("answered" in line) answered = Math.max(answered, line.answered)
    },
    examine: async (file, round) => {
      // Before the first answer there may be no tables: only a start makes them.
      if (answered === 0 || round % RESTARTS === 0) await restart(file)
      const { units: found, credentials, state, trouble } = readDatabase(file)
      const discrepancies = [
        ...trouble,
        ...(found < answered ? [`${answered} units of work were answered, ${found} are there`] : []),
        ...(found > units.length ? [`${found} units of work are there, ${units.length} were ever committed`] : []),
        ...(credentials === Math.min(found, 1) ? [] : [`${credentials} credentials are there`]),
        // Commits come one after the other: what is there must be what the first so many of them make, to the last field.
        ...(isDeepStrictEqual(state, stateAfter(units.slice(0, found)))
          ? []
          : [`what is there is not what ${found} units make`]),
      ]
      return { answered, found, discrepancies }
    },
  }
}
