import { between, oneOf, type Random } from "../random.ts"
import { DATABASE, type Event, LOG } from "./journal.ts"
import { linesOf } from "./lines.ts"
import type { Line, Step } from "./steps.ts"

/** Before a sync is done most is at risk; after it nothing of that is, or all of it where it has failed. */
const aroundSyncs = (events: ReadonlyArray<Event>): ReadonlyArray<number> =>
  events.flatMap(({ kind }, index) => (kind === "synced" || kind === "sync failed" ? [index, index + 1] : []))

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

/** How often just after a start: the disk may keep what was not synced. */
const AFTER_START = 5

/** Once a start has found what a former process left, that is on the disk; the next sync may be of all that the log holds. */
const afterStarts = (events: ReadonlyArray<Event>): ReadonlyArray<number> =>
  events.flatMap((event, index) =>
    linesOf<object>(event).some((line) => "found" in line) ? Array<number>(AFTER_START).fill(index + 1) : [],
  )

/** The moments around every sync and after every start, and so many that are drawn, ascending. */
export const momentsOf = (events: ReadonlyArray<Event>, drawn: number, draw: Random): ReadonlyArray<number> =>
  [...aroundSyncs(events), ...afterStarts(events), ...drawMoments(events, drawn, draw)].toSorted((a, b) => a - b)

const isNewLog = (event: Event): boolean => event.kind === "written" && event.name === LOG && event.offset === 0

/** What a power loss leaves unfinished just before a sync ends: the step under way, or else the writing of the file. */
export type Unfinished = Step["kind"] | typeof DATABASE | typeof LOG

/** For each of these, another one of the moments that leave it so. */
export const drawUnfinished = (
  events: ReadonlyArray<Event>,
  wanted: ReadonlyArray<Unfinished>,
  draw: Random,
): ReadonlyArray<number> => {
  let step: Step["kind"] | undefined
  const leaves = events.map((event) => {
    for (const line of linesOf<Line>(event)) step = "will" in line ? line.will : undefined
    return event.kind === "synced" ? (step ?? event.name) : undefined
  })
  const drawn: Array<number> = []
  for (const unfinished of wanted) {
    const moments = [...leaves.keys()].filter((moment) => leaves[moment] === unfinished && !drawn.includes(moment))
    drawn.push(oneOf(draw, moments))
  }
  return drawn
}
