import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { between, oneOf, type Random, random } from "../random.ts"
import { makeDisk } from "./disk.ts"
import type { Event } from "./journal.ts"
import { DATABASE } from "./recording.ts"

/** What a power loss has left. */
export interface Finding {
  /** How much had been answered when the power failed: units of work, or steps. */
  readonly answered: number
  /** How much of it is there afterwards. */
  readonly found: number
  /** Each breach of what is promised; none is what one hopes for. */
  readonly discrepancies: ReadonlyArray<string>
}

/** Knows what was promised. */
export interface Witness {
  /** Is told of everything, in order, until the power fails. */
  readonly happen: (event: Event) => void
  /** Looks at the database that the power loss of this round has left, and may change it. */
  readonly examine: (file: string, round: number) => Promise<Finding>
}

/**
 * Lets the power fail at each of these moments (how many events have happened, ascending), and looks at what is left;
 * breaches stay in `parent`.
 */
export const failPower = async function* (
  events: ReadonlyArray<Event>,
  options: {
    readonly moments: ReadonlyArray<number>
    readonly seed: string
    readonly parent: string
    readonly witness: Witness
  },
): AsyncGenerator<Finding> {
  const { moments, seed, parent, witness } = options
  const disk = makeDisk()
  let happened = 0
  for (const [round, moment] of moments.entries()) {
    for (const event of events.slice(happened, moment)) {
      disk.happen(event)
      witness.happen(event)
    }
    happened = moment
    const folder = join(parent, `after ${moment} events, loss ${round}`)
    mkdirSync(folder)
    for (const [name, content] of disk.afterPowerLoss(random(seed, "loss", round))) {
      // A file of shared memory is no more than memory.
      if (name.startsWith(DATABASE) && !name.endsWith("-shm")) writeFileSync(join(folder, name), content)
    }
    const finding = await witness
      .examine(join(folder, DATABASE), round)
      .catch((error) => ({ answered: 0, found: 0, discrepancies: [`it cannot be opened or read: ${String(error)}`] }))
    if (finding.discrepancies.length === 0) rmSync(folder, { recursive: true })
    yield finding
  }
}

/** Before a sync is done most is at risk; after it nothing of that is. */
const aroundSyncs = (events: ReadonlyArray<Event>): ReadonlyArray<number> =>
  events.flatMap(({ kind }, index) => (kind === "synced" ? [index, index + 1] : []))

/** A log that begins anew is at risk for about so many events: until its first commit is synced. */
const FIRST_COMMIT = 100

/** So many moments, while a checkpoint writes the database, while a log begins anew, or anywhere. */
const drawMoments = (events: ReadonlyArray<Event>, count: number, draw: Random): ReadonlyArray<number> => {
  const written = [...events.keys()].filter((index) => events[index]!.kind === "written")
  const checkpoints = written.filter((index) => events[index]!.name === DATABASE)
  const newLogs = written.filter((index) => isNewLog(events[index]!))
  const moment = (): number =>
    oneOf(draw, [
      () => oneOf(draw, checkpoints) + 1,
      () => oneOf(draw, newLogs) + between(draw, 1, FIRST_COMMIT),
      () => between(draw, 0, events.length),
    ])()
  return Array.from({ length: count }, moment)
}

/** The moments around every sync, and so many that are drawn, ascending. */
export const momentsOf = (events: ReadonlyArray<Event>, drawn: number, draw: Random): ReadonlyArray<number> =>
  [...aroundSyncs(events), ...drawMoments(events, drawn, draw)].toSorted((a, b) => a - b)

const isNewLog = (event: Event): boolean =>
  event.kind === "written" && event.name === `${DATABASE}-wal` && event.offset === 0
