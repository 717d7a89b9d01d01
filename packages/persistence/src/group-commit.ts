import { Clock, Duration, Effect, type Exit, Fiber, type Scope } from "effect"
import { makeCheckpoints } from "./checkpoints.ts"
import type { Connection } from "./connection.ts"
import { failure, isFailedSync, isHalfCommitted, isLocked } from "./driver-error.ts"
import { makeRunGroup } from "./group-run.ts"
import { makeGroupSync } from "./group-sync.ts"
import type { Pace } from "./pace.ts"
import { broken, closing, doubtful, type Failed, overloaded, stalled, unsure } from "./unavailable.ts"
import type { StoreObserver } from "./store-observer.ts"
import type { WriteAheadLog } from "./write-ahead-log.ts"

/** Most programs that are not answered yet: with more, the last would wait longer than its caller does. Few come to it: requests take turns before. */
export const MAX_WAITING = 4096
/** How long a program waits for its turn while a lock or the disk is in the way, in milliseconds. */
export const PATIENCE_MILLIS = 2000
/** How long until what is in the way is looked at again, in milliseconds. */
export const RETRY_MILLIS = 20
/**
 * How long whoever is turned away is kept, in milliseconds: to refuse costs half of what it costs to serve, and who is told
 * at once comes again at once.
 */
export const REFUSAL_MILLIS = 1000

/** A program that waits for its turn, and its caller. */
export interface Unit {
  /** Runs the program in a transaction, and keeps its exit for the answer. */
  readonly run: () => Exit.Exit<unknown, unknown>
  /** Resumes the caller: with the program's exit, or with what kept it from being saved. */
  readonly answer: (failed?: Failed) => void
}

/** A unit in the queue, and when it came, by `now`. */
interface Queued extends Unit {
  readonly since: number
}

export interface GroupCommit {
  /** Takes a unit; the effect drops it again, where it has not run yet. */
  readonly add: (unit: Unit) => Effect.Effect<void>
  /** Why it takes no more, where it does not: `broken` or `closing`. */
  readonly refusal: () => Failed | null
}

/**
 * Runs units and makes them durable. A unit goes through three places: `waiting` for its turn to run (`group-run.ts`); `syncs`,
 * in the log but not on the disk (`group-sync.ts`); `answers`, once a sync has confirmed it. An fsync is the price of a durable
 * answer, so one sync confirms all that was committed before it began, and units run and commit while one is under way.
 *
 * While a unit runs it is alone with the database, and one that fails is taken back alone. The event loop waits for the disk
 * only where SQLite begins the log anew, and syncs its header. A read may see what is committed and not yet on the disk;
 * whoever wrote it has not been told of it then.
 */
export const groupCommit = Effect.fnUntraced(function* (
  writer: Connection,
  log: WriteAheadLog,
  pace: Pace,
  observer?: StoreObserver,
): Effect.fn.Return<GroupCommit, never, Scope.Scope> {
  const clock = yield* Clock.Clock
  /** Milliseconds of a clock that nobody sets: patience must not end, or last, with a jump of the other. */
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)

  // An array, not a Set: V8 links the former tables of a Set to the next, and with one of them in old space all that came
  // after it, requests included, outlives every minor collection.
  let waiting: Array<Queued> = []
  /** How many waited after the last turn, and since when any have, by `performance.now`. */
  let gathered = { count: 0, since: 0 }
  /** Given in the next turn, not where they arise: a caller may add its next unit at once. */
  let answers: Array<() => void> = []
  /** Units in all three places, and those that the sync under way confirms. */
  let unanswered = 0
  /** The next turn, where one is asked for. */
  let scheduled: NodeJS.Immediate | undefined
  /** Calls off the next try, where something is in the way. */
  let retry: Effect.Effect<void> | null = null
  /** Why no program is taken any more. */
  let refusal: Failed | null = null
  /** Called after every step. While closing: resolves once nothing is left to do. */
  let settle = (): void => {}
  observer?.watch(() => ({ waiting: unanswered, walBytes: log.bytes() }))

  const answerLater = (units: ReadonlyArray<Queued>, failed?: Failed): void => {
    for (const unit of units) {
      answers.push(() => {
        unanswered--
        unit.answer(failed)
      })
    }
  }

  /** Gives the answers there are and, once nothing more comes in, runs some; begins a sync; then gives way to the event loop. */
  const turn = (): void => {
    // A sync or a timer may be what calls: a second turn on end would be one too long.
    clearImmediate(scheduled)
    scheduled = undefined
    const start = performance.now()
    const ready = answers
    answers = []
    for (const answer of ready) answer()
    const gathering = waiting.length > gathered.count && start - gathered.since < pace.gatheringMillis
    // A disk with nothing to do has its first group sooner: it syncs that while the others run.
    if (!gathering) runUntil(start + (syncs.isIdle() ? pace.turnMillis / 2 : pace.turnMillis))
    syncs.beginIfDue()
    gathered.count = waiting.length
    if (answers.length > 0 || (waiting.length > 0 && retry === null)) schedule()
    settle()
  }

  const schedule = (): void => {
    scheduled ??= setImmediate(turn)
  }

  const runGroup = makeRunGroup(writer)

  /** Runs what waits, as far as the time goes, and hands it on. */
  const runUntil = (end: number): void => {
    if (refusal === broken) return answerLater(waiting.splice(0), broken)
    if (waiting.length === 0 || retry !== null) return
    if (checkpoints.exclusive()) return retryLater(stalled)
    const start = performance.now()
    const { count, error, unchanged } = runGroup(waiting, end)
    if (isLocked(error)) return retryLater(failure(error))
    if (error !== undefined) {
      if (isFailedSync(error)) distrust()
      // Where not even BEGIN succeeds nobody can run.
      const failed = waiting.splice(0, count || waiting.length)
      return answerLater(failed, isHalfCommitted(error) ? doubtful : failure(error))
    }
    // From here on the work stands, whoever goes away.
    const ran = waiting.splice(0, count)
    // What changed nothing may still have read what is not on the disk yet.
    if (unchanged && syncs.isIdle()) answerLater(ran)
    else syncs.add(ran, start)
  }

  /** Tries again in a while; who has waited too long by now is told why. */
  const retryLater = (reason: Failed): void => {
    const patientSince = now() - PATIENCE_MILLIS
    answerLater(
      waiting.filter(({ since }) => since <= patientSince),
      reason,
    )
    waiting = waiting.filter(({ since }) => since > patientSince)
    if (waiting.length === 0) return
    retry = later(RETRY_MILLIS, () => {
      retry = null
      turn()
    })
  }

  /** The effect calls it off. */
  const later = (millis: number, work: () => void): Effect.Effect<void> => {
    const timer = Effect.runFork(clock.sleep(Duration.millis(millis)).pipe(Effect.andThen(Effect.sync(work))))
    return Fiber.interrupt(timer)
  }

  const syncs = makeGroupSync<Queued>({
    log,
    now,
    later,
    observer,
    waiting: () => waiting.length,
    wake: turn,
    ended: (group, error) => {
      if (error === null) {
        answerLater(group)
        checkpoints.startIfDue()
      } else distrust(group)
      turn()
    },
  })

  /** After a failed sync: takes no more programs; of those that ran and are not confirmed nobody knows. */
  const distrust = (unconfirmed: ReadonlyArray<Queued> = []): void => {
    refusal = broken
    log.keep()
    answerLater([...unconfirmed, ...syncs.giveBack()], unsure)
  }

  const checkpoints = makeCheckpoints(log, pace, (failedSync) => {
    if (failedSync) distrust()
    // Who waits for its end need not wait for the next try.
    if (retry !== null) Effect.runFork(retry)
    retry = null
    turn()
  })

  yield* Effect.addFinalizer(
    Effect.fnUntraced(function* () {
      refusal ??= closing
      // What waits for another process's lock is tried again, and answered when its patience ends.
      yield* Effect.callback<void>((resume) => {
        settle = () => {
          if (unanswered === 0 && syncs.since() === null && !checkpoints.running()) resume(Effect.void)
        }
        turn()
      })
    }),
  )

  const add = (unit: Unit): Effect.Effect<void> => {
    const since = now()
    const syncingSince = syncs.since()
    if (refusal !== null) unit.answer(refusal)
    else if (unanswered >= MAX_WAITING) return later(REFUSAL_MILLIS, () => unit.answer(overloaded))
    else if (syncingSince !== null && since - syncingSince > PATIENCE_MILLIS) unit.answer(stalled)
    else return queue({ ...unit, since })
    return Effect.void
  }

  const queue = (unit: Queued): Effect.Effect<void> => {
    if (waiting.length === 0) gathered = { count: 0, since: performance.now() }
    waiting.push(unit)
    syncs.came(unit.since)
    unanswered++
    if (retry === null) schedule()
    return Effect.sync(() => {
      const place = waiting.indexOf(unit)
      if (place < 0) return
      waiting.splice(place, 1)
      unanswered--
    })
  }

  return { add, refusal: () => refusal }
})
