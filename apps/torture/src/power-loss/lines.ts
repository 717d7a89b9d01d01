import { existsSync, openSync, readFileSync, writeSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Event } from "./journal.ts"

// What a recorded process says of itself, in a file beside the folder of its database: so the journal tells when it was said.

const LINES = "lines"
const linesOfDatabase = (database: string): string => join(dirname(dirname(database)), LINES)

/** Says lines beside this database, each at once. */
export const linesBeside = <Line>(database: string): ((line: Line) => void) => {
  const lines = openSync(linesOfDatabase(database), "a")
  return (line) => void writeSync(lines, `${JSON.stringify(line)}\n`)
}

/** What was said beside this database so far, by former processes. */
export const saidBeside = <Line>(database: string): ReadonlyArray<Line> => {
  const lines = linesOfDatabase(database)
  return existsSync(lines) ? parse(readFileSync(lines)) : []
}

/** What was said by one event. */
export const linesOf = <Line>(event: Event): ReadonlyArray<Line> =>
  event.kind === "written" && event.name === LINES ? parse(event.data) : []

const parse = <Line>(lines: Buffer): ReadonlyArray<Line> =>
  lines
    .toString()
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Line)
