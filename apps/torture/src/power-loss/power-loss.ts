import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { isDeepStrictEqual } from "node:util"
import { between, oneOf, type Random, random } from "../random.ts"
import { readDatabase } from "./database.ts"
import { makeDisk } from "./disk.ts"
import { type Change, linesOf, stateAfter, unitsOf } from "./history.ts"
import type { Event } from "./journal.ts"
import { DATABASE } from "./recording.ts"

/** Starts on a database as the service does, writes, and stops; fails where it cannot. */
export type Restart = (file: string) => Promise<void>

/** One of so many power losses is followed by a start of the whole service, the others by SQLite's recovery alone. */
const RESTARTS = 5

/** What a power loss has left. */
export interface Finding {
  /** Units of work that had been answered when the power failed. */
  readonly answered: number
  /** Those that are there afterwards. */
  readonly found: number
  /** Each breach of what is promised; none is what one hopes for. */
  readonly discrepancies: ReadonlyArray<string>
}

/**
 * Lets the power fail around every sync of a recording, and at so many moments that are drawn, and looks at what is left;
 * breaches stay in `parent`.
 */
export const failPower = async function* (
  events: ReadonlyArray<Event>,
  options: { readonly drawn: number; readonly seed: string; readonly parent: string; readonly restart: Restart },
): AsyncGenerator<Finding> {
  const { drawn, seed, parent, restart } = options
  const units = unitsOf(events)
  const disk = makeDisk()
  let happened = 0
  let answered = 0
  for (const [round, moment] of moments(events, drawn, random(seed, "moments")).entries()) {
    for (const event of events.slice(happened, moment)) {
      disk.happen(event)
      for (const line of linesOf(event)) if ("answered" in line) answered = Math.max(answered, line.answered)
    }
    happened = moment
    const folder = join(parent, `after ${moment} events, loss ${round}`)
    mkdirSync(folder)
    for (const [name, content] of disk.afterPowerLoss(random(seed, "loss", round))) {
      // A file of shared memory is no more than memory.
      if (name.startsWith(DATABASE) && !name.endsWith("-shm")) writeFileSync(join(folder, name), content)
    }
    const finding = await examine(join(folder, DATABASE), units, answered, async (file) => {
      // Before the first answer there may be no tables: only a start makes them.
      if (answered === 0 || round % RESTARTS === 0) await restart(file)
    })
    if (finding.discrepancies.length === 0) rmSync(folder, { recursive: true })
    yield finding
  }
}

/** A log that begins anew is at risk for about so many events: until its first commit is synced. */
const FIRST_COMMIT = 100

/** How many events have happened when the power fails. */
const moments = (events: ReadonlyArray<Event>, drawn: number, draw: Random): ReadonlyArray<number> => {
  const all = [...events.keys()]
  const syncs = all.filter((index) => events[index]!.kind === "synced")
  const written = all.filter((index) => events[index]!.kind === "written")
  const checkpoints = written.filter((index) => events[index]!.name === DATABASE)
  const newLogs = written.filter((index) => isNewLog(events[index]!))
  const moment = (): number =>
    oneOf(draw, [
      () => oneOf(draw, checkpoints) + 1,
      () => oneOf(draw, newLogs) + between(draw, 1, FIRST_COMMIT),
      () => between(draw, 0, events.length),
    ])()
  // Before a sync is done most is at risk; after it nothing of that is.
  const around = syncs.flatMap((index) => [index, index + 1])
  return [...around, ...Array.from({ length: drawn }, moment)].toSorted((a, b) => a - b)
}

const isNewLog = (event: Event): boolean =>
  event.kind === "written" && event.name === `${DATABASE}-wal` && event.offset === 0

const examine = async (
  file: string,
  units: ReadonlyArray<Change>,
  answered: number,
  restart: Restart,
): Promise<Finding> => {
  try {
    await restart(file)
    const { units: found, credentials, state, integrity, orphans } = readDatabase(file)
    const discrepancies = [
      ...integrity.filter((line) => line !== "ok").map((line) => `integrity_check: ${line}`),
      ...orphans.map((orphan) => `foreign_key_check: ${JSON.stringify(orphan)}`),
      ...(found < answered ? [`${answered} units of work were answered, ${found} are there`] : []),
      ...(found > units.length ? [`${found} units of work are there, ${units.length} were ever committed`] : []),
      ...(credentials === Math.min(found, 1) ? [] : [`${credentials} credentials are there`]),
      // Commits come one after the other: what is there must be what the first so many of them make, to the last field.
      ...(isDeepStrictEqual(state, stateAfter(units.slice(0, found)))
        ? []
        : [`what is there is not what ${found} units make`]),
    ]
    return { answered, found, discrepancies }
  } catch (error) {
    return { answered, found: 0, discrepancies: [`it cannot be opened or read: ${String(error)}`] }
  }
}
