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
/** Stands in all that shows the client who is erased, and nowhere else. */
export const MARK = "erased in the end"

export const stepsOf = (events: ReadonlyArray<Event>): ReadonlyArray<Step> =>
  events
    .flatMap((event) => linesOf<Line>(event))
    .flatMap((line) => ("did" in line ? [{ kind: line.did, contents: line.contents }] : []))
