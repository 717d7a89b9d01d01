import { makeCommitDelay } from "./commit-delay.ts"
import type { StoreObserver } from "./store-observer.ts"
import type { WriteAheadLog } from "./write-ahead-log.ts"

export interface GroupSyncOptions<A> {
  readonly log: Pick<WriteAheadLog, "sync">
  /** Milliseconds of a clock that nobody sets. */
  readonly now: () => number
  /** Calls back after so many milliseconds. */
  readonly later: (millis: number, work: () => void) => void
  /** How many have come and are not committed yet. */
  readonly waiting: () => number
  /** Told of every sync that ends: whom it confirms, or why it does not. */
  readonly ended: (group: ReadonlyArray<A>, error: Error | null) => void
  /** Called when `beginIfDue` should be, because a delay is over. */
  readonly wake: () => void
  readonly observer: Pick<StoreObserver, "committed"> | undefined
}

export interface GroupSync<A> {
  /** Told of every unit that comes, and when, by `now`. */
  readonly came: (at: number) => void
  /** Takes units that are committed, and since when they ran, by `performance.now`. */
  readonly add: (units: ReadonlyArray<A>, ranSince: number) => void
  /** Begins a sync, where there is something to confirm, none is under way and nobody is waited for. */
  readonly beginIfDue: () => void
  /** Whether nothing waits to be confirmed. */
  readonly isIdle: () => boolean
  /** Since when a sync is under way, by `now`; null where none is. */
  readonly since: () => number | null
  /** Gives back what is committed and in no sync yet. */
  readonly giveBack: () => ReadonlyArray<A>
}

/**
 * Makes what is committed durable, one sync at a time: each confirms all that was committed before it began. On a slow disk the
 * next one may wait for callers to be together (`commit-delay.ts`).
 */
export const makeGroupSync = <A>(options: GroupSyncOptions<A>): GroupSync<A> => {
  const { log, now, later, waiting, ended, wake, observer } = options
  const delay = makeCommitDelay(now, later, wake)
  let committed: Array<A> = []
  /** When the first of `committed` began to run, by `performance.now`. */
  let committedSince = 0
  let syncingSince: number | null = null

  const giveBack = (): ReadonlyArray<A> => {
    const units = committed
    committed = []
    return units
  }

  return {
    came: delay.came,
    add: (units, ranSince) => {
      if (committed.length === 0) committedSince = ranSince
      committed.push(...units)
    },
    beginIfDue: () => {
      if (syncingSince !== null || committed.length === 0 || !delay.isOver(committed.length)) return
      const ranSince = committedSince
      const group = giveBack()
      const since = now()
      syncingSince = since
      log.sync((error) => {
        syncingSince = null
        delay.ended({
          tookMillis: now() - since,
          confirmed: group.length,
          others: committed.length + waiting(),
        })
        if (error === null) observer?.committed(group.length, (performance.now() - ranSince) / 1000)
        ended(group, error)
      })
    },
    isIdle: () => committed.length === 0 && syncingSince === null,
    since: () => syncingSince,
    giveBack,
  }
}
