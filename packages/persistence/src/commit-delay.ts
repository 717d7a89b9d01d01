/** After a sync that took less, in milliseconds, the next one does not wait: a timer is too coarse. */
const SLOW_SYNC_MILLIS = 4
/** Longest wait, in milliseconds: half of what the last sync took, and after one that stalled no more than this. */
const LONGEST_MILLIS = 10
/** Most callers to wait for, for each millisecond of a sync: with more, one half keeps the processor busy while the disk works for the other. */
const MOST_CALLERS = 3
/** The share of those whom a sync answered that must have come again at once. */
const REGULAR = 0.75

export interface EndedSync {
  readonly tookMillis: number
  /** How many units it confirms. */
  readonly confirmed: number
  /** How many others are there: to run, or to be confirmed. */
  readonly others: number
}

export interface CommitDelay {
  /** Told of every unit that comes, and when, by `now`. */
  readonly came: (at: number) => void
  /** Told of every sync that ends. */
  readonly ended: (sync: EndedSync) => void
  /** Whether the next sync is to begin with so many units. */
  readonly isOver: (committed: number) => boolean
}

/**
 * Makes a sync wait for those whom the one before has just answered. Callers that send one request after the other fall into
 * two groups on a slow disk: while one is synced the other commits, and waits for a sync of its own, so that each request
 * takes the time of two. Together in one group it takes that of one. Who comes but now and then is not waited for.
 *
 * @param now milliseconds.
 * @param later calls back after so many milliseconds.
 * @param wake called when the wait ends because its time is over.
 */
export const makeCommitDelay = (
  now: () => number,
  later: (millis: number, work: () => void) => void,
  wake: () => void,
): CommitDelay => {
  /** The last sync: how many it confirmed, and how many came until `soon`. */
  let last = { confirmed: Infinity, soon: 0, came: 0 }
  /** With how many units the next sync begins. */
  let awaited = 0

  return {
    came: (at) => {
      if (at <= last.soon) last.came++
    },
    ended: ({ tookMillis, confirmed, others }) => {
      const wait = Math.min(tookMillis / 2, LONGEST_MILLIS)
      const regular = last.came >= last.confirmed * REGULAR
      last = { confirmed, soon: now() + wait, came: 0 }
      awaited = 0
      if (!regular || tookMillis < SLOW_SYNC_MILLIS || confirmed + others > tookMillis * MOST_CALLERS) return
      awaited = confirmed + others
      // Where all came before, there is as a rule nothing left to end; a later wait may end early by it.
      later(wait, () => {
        awaited = 0
        wake()
      })
    },
    isOver: (committed) => committed >= awaited,
  }
}
