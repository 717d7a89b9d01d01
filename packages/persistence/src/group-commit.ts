import { type Repositories, Unavailable, type UnitOfWork } from "@phonebook/domain"
import { Cause, Clock, Context, Duration, Effect, Exit, type Scope } from "effect"
import { sql } from "./drizzle.ts"
import type { Database } from "./database.ts"
import { answer, failure, isFailedSync, isLocked } from "./driver-error.ts"
import { type StoreObserver, walBytes } from "./store-observer.ts"
import { settings } from "./tables.ts"
import { openWriteAheadLog } from "./write-ahead-log.ts"

/** Most programs that wait for a commit: with more, the last would wait longer than its caller does. */
export const MAX_WAITING = 4096
/** How long a program waits while another process holds the lock of the database. */
export const PATIENCE_MILLIS = 2000
/** How long until a locked database is tried again. */
export const RETRY_MILLIS = 20
/**
 * How long programs gather at most. An event loop with thousands of sockets to read comes late to its immediates; with
 * requests to refuse, which come again at once, not at all.
 */
const GATHERING_MILLIS = 50
/** When committed frames are moved from the log into the database. */
export interface Checkpoints {
  /** How often, while there are commits. */
  readonly everyMillis: number
  /** With more frames (of 4 KiB), commits wait until all are moved: else the log never starts anew and only grows. */
  readonly maxFrames: number
}

const CHECKPOINTS: Checkpoints = { everyMillis: 1000, maxFrames: 8192 }
/** The setting that `ready` writes; nobody reads it. */
const PROBE = "readiness_probes"

/** A program that waits for its turn, and its caller. */
interface Unit {
  /** When it came, by `now`. */
  readonly since: number
  /** Runs the program, and keeps its exit for the answer. */
  readonly run: () => Exit.Exit<unknown, unknown>
  /** Resumes the caller: with the program's exit, or with what became of its whole group. */
  readonly answer: (failed?: Exit.Exit<never, Unavailable>) => void
}

const overloaded = Exit.fail(new Unavailable({ reason: "overloaded" }))
const closing = Exit.fail(new Unavailable({ reason: "closing" }))
/** After a failed sync nobody knows what is on the disk: a second one may succeed without having written anything. */
const FAILED_SYNC = "a sync of the disk has failed, restart the service"
const broken = Exit.fail(new Unavailable({ reason: FAILED_SYNC }))
const unsure = Exit.fail(new Unavailable({ reason: `${FAILED_SYNC} to see whether this was saved` }))
const notRun = Exit.die(new Error("A program was answered before it ran"))

/**
 * Units of work on SQLite. An fsync is the price of a durable answer, so the programs that arrive while one is under way
 * run together under one COMMIT and share the next. From BEGIN to COMMIT everything is synchronous: a program is alone with
 * the database while it runs, and one that fails is taken back alone. The event loop does not wait for the disk: answers
 * do. A read may see what is committed and not yet on the disk; whoever wrote it has not been told of it then.
 */
export const groupCommit = Effect.fnUntraced(function* (
  { file, writer, reader }: Database["Service"],
  repositories: { readonly writing: Context.Context<Repositories>; readonly reading: Context.Context<Repositories> },
  observer?: StoreObserver,
  checkpoints = CHECKPOINTS,
): Effect.fn.Return<UnitOfWork["Service"], never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const writing = mergedWith(repositories.writing)
  const reading = mergedWith(repositories.reading)
  /** Milliseconds of a clock that nobody sets: a program's patience must not end, or last, with a jump of the other. */
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const waiting = new Set<Unit>()
  const log = yield* openWriteAheadLog(file, writer)
  const totalChanges = writer.sqlite.prepare<[], number>("SELECT total_changes()").pluck()
  let scheduled = false
  /** Whether another process holds the lock, which is not asked for again before its time. */
  let locked = false
  /** Whether a group is between its COMMIT and the disk, or a checkpoint wants no commit beside it. */
  let syncing = false
  let held = false
  /** Why no program runs any more. */
  let refusal: Exit.Exit<never, Unavailable> | null = null
  let checkpointing = false
  let checkpointed = performance.now()
  /** Called whenever something is over: closing waits for all of it. */
  let rest = (): void => {}
  observer?.watch(() => ({ waiting: waiting.size, walBytes: walBytes(file) }))

  const flush = (): void => {
    scheduled = false
    locked = false
    if (syncing || held || waiting.size === 0) return
    const group = Array.from(waiting)
    if (refusal === broken) return answerAll(group, broken)
    const start = performance.now()
    const changes = totalChanges.get()
    try {
      writer.transaction(() => {
        for (const unit of group) writer.savepoint(unit.run)
      })
    } catch (error) {
      if (isFailedSync(error)) refusal = broken
      if (!isLocked(error)) return answerAll(group, failure(error))
      const patientSince = now() - PATIENCE_MILLIS
      const impatient = group.filter(({ since }) => since <= patientSince)
      if (impatient.length < group.length) {
        locked = true
        schedule((again) => Effect.runFork(clock.sleep(Duration.millis(RETRY_MILLIS))).addObserver(again))
      }
      return answerAll(impatient, failure(error))
    }
    if (totalChanges.get() === changes) return answerAll(group)
    // From here on the work stands, whoever goes away.
    for (const unit of group) waiting.delete(unit)
    syncing = true
    log.sync((error) => {
      syncing = false
      if (error !== null) refusal = broken
      observer?.committed(group.length, (performance.now() - start) / 1000)
      answerAll(group, error === null ? undefined : unsure)
      if (waiting.size > 0) schedule(setImmediate)
      if (!checkpointing && performance.now() - checkpointed >= checkpoints.everyMillis) void checkpoint()
      rest()
    })
  }

  /** Keeps the log short: most frames are moved beside the commits, and what is left of a long log without any. */
  const checkpoint = async (): Promise<void> => {
    checkpointing = true
    try {
      if ((await log.checkpoint()) > checkpoints.maxFrames) {
        held = true
        await log.checkpoint()
      }
    } catch (error) {
      // A full disk, for one, is over some time; the log has it all until then.
      if (isFailedSync(error)) refusal = broken
    }
    held = false
    checkpointing = false
    checkpointed = performance.now()
    if (waiting.size > 0) schedule(setImmediate)
    rest()
  }

  /** All leave the queue before the first is resumed: it may come back with its next program at once. */
  const answerAll = (group: ReadonlyArray<Unit>, failed?: Exit.Exit<never, Unavailable>): void => {
    for (const unit of group) waiting.delete(unit)
    for (const unit of group) unit.answer(failed)
    rest()
  }

  const schedule = (later: (flush: () => void) => void): void => {
    if (scheduled) return
    scheduled = true
    later(flush)
  }

  yield* Effect.addFinalizer(
    Effect.fnUntraced(function* () {
      refusal ??= closing
      flush()
      // What waits for another process's lock is tried again, and answered when its patience ends.
      yield* Effect.callback<void>((resume) => {
        rest = () => {
          if (waiting.size === 0 && !syncing && !checkpointing) resume(Effect.void)
        }
        rest()
      })
    }),
  )

  const run = <A, E>(program: Effect.Effect<A, E, Repositories>) =>
    Effect.withFiber<A, E | Unavailable>((caller) =>
      Effect.callback((resume) => {
        if (refusal !== null) return resume(refusal)
        if (waiting.size >= MAX_WAITING) return resume(overloaded)
        const context = writing(caller.context)
        let exit: Exit.Exit<A, E> = notRun
        const unit: Unit = {
          since: now(),
          run: () => (exit = runNow(program, context)),
          answer: (failed) => resume(failed ?? answer(exit)),
        }
        waiting.add(unit)
        schedule(setImmediate)
        const [oldest = unit] = waiting
        if (!locked && unit.since - oldest.since > GATHERING_MILLIS) queueMicrotask(flush)
        return Effect.sync(() => void waiting.delete(unit))
      }),
    )

  // Another value each time: SQLite does not write what is there already.
  const probe = writer.orm
    .insert(settings)
    .values({ name: PROBE, value: "1" })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`${settings.value} + 1` } })
    .prepare()

  return {
    run,
    ready: run(Effect.sync(() => void probe.run())),
    read: (program) =>
      Effect.withFiber((caller) => {
        if (refusal === closing) return closing
        const context = reading(caller.context)
        try {
          return answer(reader.transaction(() => runNow(program, context)))
        } catch (error) {
          return failure(error)
        }
      }),
  }
})

/** Adds services to a caller's, once for each context that callers have: an app has one. */
const mergedWith = <R>(services: Context.Context<R>) => {
  const known = new WeakMap<Context.Context<never>, Context.Context<R>>()
  return (context: Context.Context<never>): Context.Context<R> => {
    const merged = known.get(context) ?? Context.merge(context, services)
    known.set(context, merged)
    return merged
  }
}

/** Runs a program to its end; one that waits for anything dies of AsyncFiberError. */
const runNow = <A, E, R>(program: Effect.Effect<A, E, R>, context: Context.Context<R>): Exit.Exit<A, E> => {
  const exit = Effect.runSyncExitWith(context)(program)
  if (Exit.isFailure(exit)) {
    for (const reason of exit.cause.reasons) {
      // It still waits, and would go on outside of any transaction.
      if (Cause.isDieReason(reason) && Cause.isAsyncFiberError(reason.defect)) reason.defect.fiber.interruptUnsafe()
    }
  }
  return exit
}
