import { type Repositories, Unavailable, type UnitOfWork } from "@phonebook/domain"
import { Clock, type Context, Duration, Effect, Exit, type Scope } from "effect"
import { makeCheckpoints } from "./checkpoints.ts"
import type { DatabaseUnusable } from "./database-unusable.ts"
import type { Database } from "./database.ts"
import { failure, isFailedSync, isLocked, withExpectedErrors } from "./driver-error.ts"
import { sql } from "./drizzle.ts"
import { PACE, type Pace } from "./pace.ts"
import { runProgram, withServices } from "./run-program.ts"
import type { StoreObserver } from "./store-observer.ts"
import { settings } from "./tables.ts"
import { openWriteAheadLog } from "./write-ahead-log.ts"

/** Most programs that are not answered yet: with more, the last would wait longer than its caller does. */
export const MAX_WAITING = 4096
/** How long a program waits for its turn while a lock or the disk is in the way, in milliseconds. */
export const PATIENCE_MILLIS = 2000
/** How long until what is in the way is looked at again, in milliseconds. */
export const RETRY_MILLIS = 20
/** Most callers that are answered on end: each sends its next request at once, and all of them hold up the others. */
const ANSWERS_AT_ONCE = 16
/** How long commits gather for one sync while more programs come in: a sync costs the processor what two creates do. */
const GATHERING_MILLIS = 4
/** How old the oldest program may be when `setImmediate` comes too late: an event loop under a flood only reads sockets. */
const LATE_MILLIS = 50
/** The setting that `ready` writes; nobody reads it. */
const PROBE = "readiness_probes"

/** A program that waits for its turn, and its caller. */
interface Unit {
  /** When it came, by `now`. */
  readonly since: number
  /** Runs the program, and keeps its exit for the answer. */
  readonly run: () => Exit.Exit<unknown, unknown>
  /** Resumes the caller: with the program's exit, or with what kept it from being saved. */
  readonly answer: (failed?: Failed) => void
}
type Failed = Exit.Exit<never, Unavailable>

const unavailable = (reason: string): Failed => Exit.fail(new Unavailable({ reason }))
const overloaded = unavailable("overloaded")
const closing = unavailable("closing")
const stalled = unavailable("the disk does not answer")
/** After a failed sync nobody knows what is on the disk: a second one may succeed without having written anything. */
const FAILED_SYNC = "a sync of the disk has failed, restart the service"
const broken = unavailable(FAILED_SYNC)
const unsure = unavailable(`${FAILED_SYNC} to see whether this was saved`)
const notRun = Exit.die(new Error("A program was answered before it ran"))

/**
 * Units of work on SQLite. A program goes through three places: `waiting` for its turn; `committed`, in the log but not on
 * the disk; `answers`, once a sync has confirmed it. An fsync is the price of a durable answer, so one sync confirms all
 * that was committed before it began, and programs run and commit while one is under way.
 *
 * While a program runs it is alone with the database, and one that fails is taken back alone. The event loop never waits for
 * the disk. A read may see what is committed and not yet on the disk; whoever wrote it has not been told of it then.
 */
export const groupCommit = Effect.fnUntraced(function* (
  { file, writer, reader }: Database["Service"],
  repositories: { readonly writing: Context.Context<Repositories>; readonly reading: Context.Context<Repositories> },
  observer?: StoreObserver,
  pace: Pace = PACE,
): Effect.fn.Return<UnitOfWork["Service"], DatabaseUnusable, Scope.Scope> {
  const clock = yield* Clock.Clock
  /** Milliseconds of a clock that nobody sets: patience must not end, or last, with a jump of the other. */
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const log = yield* openWriteAheadLog(file, writer)
  const totalChanges = writer.sqlite.prepare<[], number>("SELECT total_changes()").pluck()

  const waiting = new Set<Unit>()
  let committed: Array<Unit> = []
  const answers: Array<() => void> = []
  /** Units in all three places, and those that the sync under way confirms. */
  let unanswered = 0
  /** When the sync under way began, by `now`. */
  let syncingSince: number | null = null
  /** When the first of `committed` began to run, by `performance.now`. */
  let committedSince = 0
  let scheduled = false
  let retrying = false
  /** Why no program is taken any more. */
  let refusal: Failed | null = null
  /** Called after every step. While closing: resolves once nothing is left to do. */
  let settle = (): void => {}
  observer?.watch(() => ({ waiting: unanswered, walBytes: log.bytes() }))

  const answerLater = (units: Iterable<Unit>, failed?: Failed): void => {
    for (const unit of units) {
      waiting.delete(unit)
      answers.push(() => {
        unanswered--
        unit.answer(failed)
      })
    }
  }

  /** Answers some and runs some, then gives way to the event loop; begins a sync once nothing more comes in. */
  const turn = (): void => {
    scheduled = false
    for (const answer of answers.splice(0, ANSWERS_AT_ONCE)) answer()
    const before = committed.length
    runSome()
    const gathering = committed.length > before && performance.now() - committedSince < GATHERING_MILLIS
    if (!gathering) syncCommitted()
    if (gathering || answers.length > 0 || (waiting.size > 0 && !retrying)) schedule()
    settle()
  }

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(turn)
  }

  const runSome = (): void => {
    if (refusal === broken) return answerLater(waiting, broken)
    if (waiting.size === 0 || retrying) return
    if (checkpoints.exclusive()) return retryLater(stalled)
    const start = performance.now()
    const changes = totalChanges.get()
    const run: Array<Unit> = []
    try {
      writer.transaction(() => {
        for (const unit of waiting) {
          run.push(unit)
          writer.savepoint(unit.run)
          if (performance.now() - start >= pace.turnMillis) break
        }
      })
    } catch (error) {
      if (isLocked(error)) return retryLater(failure(error))
      if (isFailedSync(error)) refuse(broken)
      // Where not even BEGIN succeeds nobody can run.
      return answerLater(run.length > 0 ? run : waiting, failure(error))
    }
    // What changed nothing may still have read what is not on the disk yet.
    const nothingToConfirm = totalChanges.get() === changes && committed.length === 0 && syncingSince === null
    if (nothingToConfirm) return answerLater(run)
    if (committed.length === 0) committedSince = start
    for (const unit of run) {
      // From here on the work stands, whoever goes away.
      waiting.delete(unit)
      committed.push(unit)
    }
  }

  /** Tries again in a while; who has waited too long by now is told why. */
  const retryLater = (reason: Failed): void => {
    const patientSince = now() - PATIENCE_MILLIS
    answerLater(
      Array.from(waiting).filter(({ since }) => since <= patientSince),
      reason,
    )
    if (waiting.size === 0) return
    retrying = true
    Effect.runFork(clock.sleep(Duration.millis(RETRY_MILLIS))).addObserver(() => {
      retrying = false
      turn()
    })
  }

  const syncCommitted = (): void => {
    if (syncingSince !== null || committed.length === 0) return
    const group = committed
    const began = committedSince
    committed = []
    syncingSince = now()
    log.sync((error) => {
      syncingSince = null
      observer?.committed(group.length, (performance.now() - began) / 1000)
      if (error === null) {
        answerLater(group)
        checkpoints.startIfDue()
      } else refuse(broken, group)
      turn()
    })
  }

  /** Takes no more programs; of those that ran and are not confirmed nobody knows. */
  const refuse = (reason: Failed, unconfirmed: ReadonlyArray<Unit> = []): void => {
    refusal = reason
    answerLater([...unconfirmed, ...committed], unsure)
    committed = []
  }

  const checkpoints = makeCheckpoints(log, pace, (failedSync) => {
    if (failedSync) refuse(broken)
    turn()
  })

  yield* Effect.addFinalizer(
    Effect.fnUntraced(function* () {
      refusal ??= closing
      // What waits for another process's lock is tried again, and answered when its patience ends.
      yield* Effect.callback<void>((resume) => {
        settle = () => {
          if (unanswered === 0 && syncingSince === null && !checkpoints.running()) resume(Effect.void)
        }
        turn()
      })
    }),
  )

  const writing = withServices(repositories.writing)
  const run = <A, E>(program: Effect.Effect<A, E, Repositories>) =>
    Effect.withFiber<A, E | Unavailable>((caller) =>
      Effect.callback((resume) => {
        const since = now()
        if (refusal !== null) return resume(refusal)
        if (unanswered >= MAX_WAITING) return resume(overloaded)
        if (syncingSince !== null && since - syncingSince > PATIENCE_MILLIS) return resume(stalled)
        const context = writing(caller.context)
        let exit: Exit.Exit<A, E> = notRun
        const unit: Unit = {
          since,
          run: () => (exit = runProgram(program, context)),
          answer: (failed) => resume(failed ?? withExpectedErrors(exit)),
        }
        waiting.add(unit)
        unanswered++
        if (!retrying) {
          schedule()
          const [oldest = unit] = waiting
          if (since - oldest.since > LATE_MILLIS) queueMicrotask(turn)
        }
        return Effect.sync(() => {
          if (waiting.delete(unit)) unanswered--
        })
      }),
    )

  // Another value each time: SQLite does not write what is there already.
  const probe = writer.orm
    .insert(settings)
    .values({ name: PROBE, value: "1" })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`${settings.value} + 1` } })
    .prepare()
  // Whoever asks while one is under way shares it: nobody needs a credential to ask.
  const ready = yield* Effect.cachedWithTTL(run(Effect.sync(() => void probe.run())), 0)

  const reading = withServices(repositories.reading)
  return {
    run,
    ready,
    read: (program) =>
      Effect.withFiber((caller) => {
        if (refusal === closing) return closing
        const context = reading(caller.context)
        try {
          return withExpectedErrors(reader.transaction(() => runProgram(program, context)))
        } catch (error) {
          return failure(error)
        }
      }),
  }
})
