import { type Repositories, Unavailable, type UnitOfWork } from "@phonebook/domain"
import { Cause, Clock, Context, Duration, Effect, Exit, type Scope } from "effect"
import { sql } from "drizzle-orm"
import type { Database } from "./database.ts"
import { answer, failure, isLocked } from "./driver-error.ts"
import { type StoreObserver, walBytes } from "./store-observer.ts"
import { settings } from "./tables.ts"

/** Most programs that wait for a commit: with more, the last would wait longer than its caller does. */
export const MAX_WAITING = 4096
/** How long a program waits while another process holds the lock of the database. */
export const PATIENCE_MILLIS = 2000
/** How long until a locked database is tried again. */
export const RETRY_MILLIS = 20
/** The setting that `ready` writes; nobody reads it. */
const PROBE = "readiness_probes"

/** A program that waits for its turn, and its caller. */
interface Unit {
  /** When it came, in milliseconds of the store's clock. */
  readonly since: number
  /** Runs the program, and keeps its exit for the answer. */
  readonly run: () => Exit.Exit<unknown, unknown>
  /** Resumes the caller: with the program's exit, or with what became of its whole group. */
  readonly answer: (failed?: Exit.Exit<never, Unavailable>) => void
}

const overloaded = Exit.fail(new Unavailable({ reason: "overloaded" }))
const closing = Exit.fail(new Unavailable({ reason: "closing" }))
const notRun = Exit.die(new Error("A program was answered before it ran"))

/**
 * Units of work on SQLite. An fsync is the price of a durable answer, so the programs that arrive while the event loop is
 * busy run together under one COMMIT. From BEGIN to COMMIT everything is synchronous: a program is alone with the database
 * while it runs, and one that fails is taken back alone.
 */
export const groupCommit = Effect.fnUntraced(function* (
  { file, writer, reader }: Database["Service"],
  repositories: { readonly writing: Context.Context<Repositories>; readonly reading: Context.Context<Repositories> },
  observer?: StoreObserver,
): Effect.fn.Return<UnitOfWork["Service"], never, Scope.Scope> {
  const clock = yield* Clock.Clock
  const waiting = new Set<Unit>()
  let scheduled = false
  let closed = false
  observer?.watch(() => ({ waiting: waiting.size, walBytes: walBytes(file) }))

  const flush = (): void => {
    scheduled = false
    const group = Array.from(waiting)
    if (group.length === 0) return
    const start = performance.now()
    try {
      writer.transaction(() => {
        for (const unit of group) writer.savepoint(unit.run)
      })
    } catch (error) {
      if (!isLocked(error)) return answerAll(group, failure(error))
      const now = clock.currentTimeMillisUnsafe()
      const impatient = group.filter(({ since }) => now - since >= PATIENCE_MILLIS)
      if (impatient.length < group.length) {
        schedule((again) => Effect.runFork(clock.sleep(Duration.millis(RETRY_MILLIS))).addObserver(again))
      }
      return answerAll(impatient, failure(error))
    }
    observer?.committed(group.length, (performance.now() - start) / 1000)
    answerAll(group)
  }

  /** All leave the queue before the first is resumed: it may come back with its next program at once. */
  const answerAll = (group: ReadonlyArray<Unit>, failed?: Exit.Exit<never, Unavailable>): void => {
    for (const unit of group) waiting.delete(unit)
    for (const unit of group) unit.answer(failed)
  }

  const schedule = (later: (flush: () => void) => void): void => {
    if (scheduled) return
    scheduled = true
    later(flush)
  }

  yield* Effect.addFinalizer(
    Effect.fnUntraced(function* () {
      closed = true
      flush()
      // Locked by another process: what waits is tried again, and answered when its patience ends.
      while (waiting.size > 0) yield* clock.sleep(Duration.millis(RETRY_MILLIS))
    }),
  )

  const run = <A, E>(program: Effect.Effect<A, E, Repositories>) =>
    Effect.withFiber<A, E | Unavailable>((caller) =>
      Effect.callback((resume) => {
        if (closed) return resume(closing)
        if (waiting.size >= MAX_WAITING) return resume(overloaded)
        const context = Context.merge(caller.context, repositories.writing)
        let exit: Exit.Exit<A, E> = notRun
        const unit: Unit = {
          since: clock.currentTimeMillisUnsafe(),
          run: () => (exit = runNow(program, context)),
          answer: (failed) => resume(failed ?? answer(exit)),
        }
        waiting.add(unit)
        schedule(setImmediate)
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
        if (closed) return closing
        const context = Context.merge(caller.context, repositories.reading)
        try {
          return answer(reader.transaction(() => runNow(program, context)))
        } catch (error) {
          return failure(error)
        }
      }),
  }
})

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
