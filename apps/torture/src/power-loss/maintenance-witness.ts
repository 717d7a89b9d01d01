import { existsSync, readdirSync } from "node:fs"
import { basename, dirname, join } from "node:path"
import { readContents } from "./database.ts"
import type { Event } from "./journal.ts"
import { linesOf } from "./lines.ts"
import type { Witness } from "./power-loss.ts"
import { RESTARTS, restart } from "./restart.ts"
import { BACKUP, type Line, type Step, stepsOf, tracesIn } from "./steps.ts"

const withoutVersions = (contents: string): string => contents.replaceAll(/"version":\d+/gu, "")

/** Holds what a power loss leaves of the database of `maintenance.ts`, and of the files beside it, against its steps. */
export const maintenanceWitness = (events: ReadonlyArray<Event>): Witness => {
  const steps = stepsOf(events)
  /** Steps up to and with the one of this kind. */
  const upTo = (kind: Step["kind"]) => steps.findIndex((step) => step.kind === kind) + 1
  const [migrated, backedUp, erased, restored] = [upTo("migrated"), upTo("backed up"), upTo("erased"), upTo("restored")]
  let begun = 0
  let done = 0

  /** What is wrong with a copy that should hold what was there after so many steps. */
  const copyTrouble = (name: string, copy: string, after: number): ReadonlyArray<string> => {
    if (!existsSync(copy)) return [`${name} is not there`]
    try {
      const { contents, trouble } = readContents(copy)
      return contents === steps[after - 1]!.contents ? trouble : [`${name} is not what it should be`]
    } catch (error) {
      return [`${name} cannot be read: ${String(error)}`]
    }
  }

  return {
    happen: (event) => {
      for (const line of linesOf<Line>(event)) {
        if ("will" in line) begun = done + 1
        else done = begun
      }
    },
    examine: async (file, round) => {
      // Nobody has been told of a database yet.
      if (done === 0) return { answered: 0, found: 0, discrepancies: [] }
      const traces = tracesIn(file)
      // Only a start brings an older version's database up to date.
      if (done < migrated || round % RESTARTS === 0) await restart(file)
      const { contents, erasureUnfinished, trouble } = readContents(file)
      const found = [done, begun].find((count) => {
        const step = steps[Math.max(count, migrated) - 1]!
        // Each try of a restore moves versions on to its own time: what one that was cut short has left differs in them.
        const of = step.kind === "restored" && count > done ? withoutVersions : (text: string) => text
        return of(step.contents) === of(contents)
      })
      if (found === undefined)
        return {
          answered: done,
          found: 0,
          discrepancies: [...trouble, `what is there is not what ${done} or ${begun} steps left`],
        }

      const isErased = found >= erased && found < restored
      const beside = readdirSync(dirname(file)).filter((name) => name.startsWith(`${basename(file)}.`))
      const replaced = beside.filter((name) => name.includes(".replaced-")).map((name) => join(dirname(file), name))
      return {
        answered: done,
        found,
        discrepancies: [
          ...trouble,
          ...copyTrouble("the copy from before the migration", `${file}.before-migration-2`, migrated - 1),
          ...(done >= backedUp || beside.includes(basename(file) + BACKUP)
            ? copyTrouble("the backup", file + BACKUP, backedUp)
            : []),
          ...(found < restored || replaced.some((copy) => copyTrouble(copy, copy, restored - 1).length === 0)
            ? []
            : ["the database that was replaced is not there, or not what it should be"]),
          ...(done >= erased && isErased && erasureUnfinished ? ["the erasure was done, and is unfinished"] : []),
          ...(isErased && !erasureUnfinished ? traces : []),
        ],
      }
    },
  }
}
