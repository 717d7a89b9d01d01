import { mkdirSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { random } from "../random.ts"
import { type Files, makeDisk } from "./disk.ts"
import { DATABASE, type Event } from "./journal.ts"
import { linesOf } from "./lines.ts"
import { momentsOf } from "./moments.ts"
import { recordStart } from "./recording.ts"

/** What a power loss has left. */
export interface Finding {
  /** How much had been answered when the power failed: units of work, or steps. */
  readonly answered: number
  /** How much of it is there afterwards. */
  readonly found: number
  /** Each breach of what is promised; none is what one hopes for. */
  readonly discrepancies: ReadonlyArray<string>
}

/** One at its moment: the files that it has left, and what was found in them. */
export interface Loss extends Finding {
  readonly moment: number
  readonly left: Files
}

/** Knows what was promised. */
export interface Witness {
  /** Is told of everything, in order, until the power fails. */
  readonly happen: (event: Event) => void
  /** Looks at the database that the power loss of this round has left, and may change it. */
  readonly examine: (file: string, round: number) => Promise<Finding>
}

interface Options {
  readonly events: ReadonlyArray<Event>
  /** How many events have happened when the power fails, ascending. */
  readonly moments: ReadonlyArray<number>
  readonly seed: string
  /** What has breaches stays there. */
  readonly parent: string
  readonly witness: Witness
  /** What is on the disk before the first event. */
  readonly before?: Files
}

const look = async (left: Files, folder: string, round: number, witness: Witness): Promise<Finding> => {
  mkdirSync(folder)
  for (const [name, content] of left) writeFileSync(join(folder, name), content)
  const finding = await witness
    .examine(join(folder, DATABASE), round)
    .catch((error) => ({ answered: 0, found: 0, discrepancies: [`it cannot be opened or read: ${String(error)}`] }))
  if (finding.discrepancies.length === 0) rmSync(folder, { recursive: true })
  return finding
}

/** A file of shared memory is no more than memory. */
const filesOfDatabase = (files: Files): Files =>
  new Map(Array.from(files).filter(([name]) => name.startsWith(DATABASE) && !name.endsWith("-shm")))

/** Lets the power fail at each of these moments, and looks at what is left. */
export const failPower = async function* ({
  events,
  moments,
  seed,
  parent,
  witness,
  before,
}: Options): AsyncGenerator<Loss> {
  const disk = makeDisk(before)
  let happened = 0
  for (const [round, moment] of moments.entries()) {
    for (const event of events.slice(happened, moment)) {
      disk.happen(event)
      witness.happen(event)
    }
    happened = moment
    const left = filesOfDatabase(disk.afterPowerLoss(random(seed, "loss", round)))
    const finding = await look(left, join(parent, `after ${moment} events, loss ${round}`), round, witness)
    yield { ...finding, moment, left }
  }
}

/** Power losses in one start, besides those around each of its syncs. */
const DRAWN = 6

/**
 * Lets the service start on what a loss has left, all of which the disk then holds, and the power fail again meanwhile. The
 * witness is the one of that loss, and has been told of nothing since.
 */
export const failPowerAgain = async function* (
  { moment, left, found }: Loss,
  {
    witness,
    seed,
    parent,
    record = recordStart,
  }: Pick<Options, "witness" | "seed" | "parent"> & { record?: typeof recordStart },
): AsyncGenerator<Loss> {
  // No spaces: a library is made in it that is preloaded.
  const folder = join(parent, `start-after-${moment}`)
  mkdirSync(folder)
  const events = record(folder, left)
  const options = {
    events,
    moments: momentsOf(events, DRAWN, random(seed, moment, "moments")),
    seed: `${seed} ${moment}`,
    parent: folder,
    witness: witnessOfStart(witness, found),
    before: left,
  }
  yield* failPower(options)
  // Not where somebody has seen enough in the midst of it.
  rmSync(folder, { recursive: true })
}

/** Of what the first loss has left nobody need have been told; but once the service has started, who reads it builds on it. */
const witnessOfStart = (witness: Witness, foundByStart: number): Witness => {
  let started = false
  return {
    happen: (event) => void (started ||= linesOf(event).length > 0),
    examine: async (file, round) => {
      const finding = await witness.examine(file, round)
      if (!started || finding.found >= foundByStart) return finding
      const shrunk = `the start found ${foundByStart} units or steps, ${finding.found} are there`
      return { ...finding, discrepancies: [...finding.discrepancies, shrunk] }
    },
  }
}
