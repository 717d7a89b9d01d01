import { existsSync, readFileSync } from "node:fs"
import type { Event } from "./journal.ts"
import { linesOf } from "./lines.ts"

/** Something that `maintenance.ts` did, and all that was in the database afterwards. */
export interface Step {
  readonly kind: "began" | "migrated" | "wrote" | "backed up" | "erased" | "restored"
  readonly contents: string
}

/** A line that it writes beside the database: before a step, and when that is done and so on the disk. */
export type Line = { readonly will: Step["kind"] } | { readonly did: Step["kind"]; readonly contents: string }

/** Ends the name of the backup: the database's own comes before it. */
export const BACKUP = ".backup"
/** The name of the client who is erased, and the label of its numbers. */
export const MARK = "erased in the end"
/** How its numbers begin: more digits than any two of another number's columns, which lie side by side, can show. */
export const ERASED_DIGITS = "20655510"

/** Whether anything in these bytes shows the client who is erased. */
const showsErased = (bytes: Buffer): boolean => bytes.includes(MARK) || bytes.includes(ERASED_DIGITS)

/** Where in a database and its log anything shows that client. */
export const tracesIn = (file: string): ReadonlyArray<string> =>
  ["", "-wal"]
    .filter((suffix) => existsSync(file + suffix) && showsErased(readFileSync(file + suffix)))
    .map((suffix) => `the erased client has left traces in the file${suffix}`)

export const stepsOf = (events: ReadonlyArray<Event>): ReadonlyArray<Step> =>
  events
    .flatMap((event) => linesOf<Line>(event))
    .flatMap((line) => ("did" in line ? [{ kind: line.did, contents: line.contents }] : []))
