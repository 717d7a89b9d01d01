import { Unavailable } from "@phonebook/domain"
import { Exit } from "effect"

/** What kept a program from being saved. */
export type Failed = Exit.Exit<never, Unavailable>

const unavailable = (reason: string): Failed => Exit.fail(new Unavailable({ reason }))

/** More programs than may wait. */
export const overloaded = unavailable("overloaded")
export const closing = unavailable("closing")
/** A sync takes too long for anything to wait behind it. */
export const stalled = unavailable("the disk does not answer")
/** For what may come back after a crash. */
export const doubtful = unavailable(
  "the disk failed in the middle of a commit, only reading tells whether this was saved",
)
/** After a failed sync nobody knows what is on the disk: a second one may succeed without having written anything. */
const FAILED_SYNC = "a sync of the disk has failed, restart the service"
export const broken = unavailable(FAILED_SYNC)
/** For what had run when the sync failed. */
export const unsure = unavailable(`${FAILED_SYNC} to see whether this was saved`)
