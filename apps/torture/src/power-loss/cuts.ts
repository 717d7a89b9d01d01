import { constants } from "node:os"
import { between, oneOf, type Random } from "../random.ts"
import { DATABASE, LOG } from "./journal.ts"
import type { Step } from "./steps.ts"

/** How a recorded process is cut short. */
export interface Cut {
  /** After so many events. */
  readonly after: number
  /** In the midst of what: events count from the line on that says so. */
  readonly within?: Step["kind"] | "found" | "backup" | "erasure"
  /** Which of two processes. */
  readonly of?: "workload" | "companion"
  /** What the disk does then; without one the process is killed. */
  readonly fault?: Fault | undefined
}

/** So many calls fail with this number, and nothing of what they were to do is done. */
export interface Fault {
  readonly errno: number
  readonly calls: number
  /** Only reads, or only syncs of this file; else any but reads. */
  readonly only?: "reads" | typeof LOG | typeof DATABASE | undefined
}

/** What tells `record.c`. */
export const orders = ({ after, within, of, fault }: Cut): NodeJS.ProcessEnv => ({
  POWER_LOSS_AFTER: String(after),
  // The name of its program.
  ...(of !== undefined && { POWER_LOSS_OF: `${of}.ts` }),
  // What the lines before and after the step have in them.
  ...(within !== undefined && { POWER_LOSS_IN: JSON.stringify(within) }),
  ...(fault !== undefined && { POWER_LOSS_ERRNO: String(fault.errno), POWER_LOSS_CALLS: String(fault.calls) }),
  ...(fault?.only !== undefined && { POWER_LOSS_ONLY: fault.only }),
})

/** More than a process makes. */
const ALL_CALLS = 1_000_000_000

type Only = Fault["only"]

const drawFault = (
  draw: Random,
  only: ReadonlyArray<Only> = [undefined, undefined, LOG, DATABASE, "reads"],
): Fault => ({
  errno: constants.errno[oneOf(draw, ["EIO", "ENOSPC"] as const)],
  calls: oneOf(draw, [1, 10, ALL_CALLS]),
  only: oneOf(draw, only),
})

const drawStart = (draw: Random): Cut => ({ after: between(draw, 5, 60) })
const drawLoad = (draw: Random): Cut => ({ after: between(draw, 1000, 3000) })

/** Killed during a start, and under load. */
export const killsUnderLoad = (draw: Random): ReadonlyArray<Cut> => [drawStart(draw), drawLoad(draw)]

/** Killed under load, or with a disk that fails there, and then with one that fails during a start. */
export const faultsUnderLoad = (draw: Random): ReadonlyArray<Cut> => [
  { ...drawLoad(draw), fault: oneOf(draw, [undefined, drawFault(draw), drawFault(draw)]) },
  { ...drawStart(draw), fault: drawFault(draw) },
]

/** Killed, or with a disk that fails: the second of two processes in the midst of what an operator does, then the first. */
export const cutsInCompany = (draw: Random): ReadonlyArray<Cut> => [
  oneOf<() => Cut>(draw, [
    // It syncs neither log nor database.
    () => ({
      within: "backup",
      after: between(draw, 1, 35),
      of: "companion",
      fault: drawFault(draw, [undefined, "reads"]),
    }),
    () => ({ within: "erasure", after: between(draw, 1, 120), of: "companion", fault: drawFault(draw) }),
    () => ({ within: "erasure", after: between(draw, 1, 120), of: "companion" }),
  ])(),
  { ...drawLoad(draw), of: "workload", fault: oneOf(draw, [undefined, drawFault(draw)]) },
]

/** Within how many events of a step: each has some more. */
const MAINTENANCE: ReadonlyArray<readonly [Step["kind"], number]> = [
  ["migrated", 100],
  ["backed up", 35],
  ["erased", 120],
  ["restored", 100],
]

/** Killed in the midst of each. */
export const killsInMaintenance = (draw: Random): ReadonlyArray<Cut> =>
  MAINTENANCE.map(([within, events]) => ({ within, after: between(draw, 1, events) }))

/** With a disk that fails in the midst of one. */
export const faultInMaintenance = (draw: Random): ReadonlyArray<Cut> => {
  const [within, events] = oneOf(draw, MAINTENANCE)
  return [{ within, after: between(draw, 1, events), fault: drawFault(draw) }]
}
