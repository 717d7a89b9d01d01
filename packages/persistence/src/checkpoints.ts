import { isFailedSync } from "./driver-error.ts"
import type { Pace } from "./pace.ts"
import type { WriteAheadLog } from "./write-ahead-log.ts"

/** When committed frames are moved from the log into the database. */
export interface Checkpoints {
  /** Whether one is under way. */
  readonly running: () => boolean
  /** Whether one is under way that allows no commit beside it. */
  readonly exclusive: () => boolean
  /** Starts one where the last is long enough ago. */
  readonly startIfDue: () => void
}

/** Keeps the log short: most frames are moved beside the commits, and what is left of a long log without any. */
export const makeCheckpoints = (
  log: WriteAheadLog,
  pace: Pace,
  /** Is told of each one's end, and whether the disk failed to confirm what was moved. */
  ended: (failedSync: boolean) => void,
): Checkpoints => {
  let running = false
  let exclusive = false
  let last = performance.now()

  const checkpoint = async (): Promise<void> => {
    running = true
    let failedSync = false
    try {
      if ((await log.checkpoint()) > pace.maxLogFrames) {
        exclusive = true
        await log.checkpoint()
      }
    } catch (error) {
      // A full disk, for one, is over some time; the log has it all until then.
      failedSync = isFailedSync(error)
    }
    running = false
    exclusive = false
    last = performance.now()
    ended(failedSync)
  }

  return {
    running: () => running,
    exclusive: () => exclusive,
    startIfDue: () => {
      if (!running && performance.now() - last >= pace.checkpointMillis) void checkpoint()
    },
  }
}
