import { assert, describe, it } from "@effect/vitest"
import { type ClientId, PhoneNumberRepository, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Cause, Context, Duration, Effect, Exit, Fiber, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { groupCommit, MAX_WAITING, PATIENCE_MILLIS, REFUSAL_MILLIS, RETRY_MILLIS } from "../src/group-commit.ts"
import { Database, layer } from "../src/index.ts"
import { PACE } from "../src/pace.ts"
import {
  fileLayer,
  givenClient,
  insertPhoneNumber,
  newPhoneNumber,
  observed,
  phoneNumbersOf,
  temporaryFile,
} from "./fixtures.ts"

const eventLoopTurn = Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))

/** Lets what waits gather in one turn, and run in the next. */
const turns = Effect.andThen(eventLoopTurn, eventLoopTurn)

/** Starts an effect at once, so that its program waits when this answers. */
const start = <A, E, R>(effect: Effect.Effect<A, E, R>) => Effect.forkChild(effect, { startImmediately: true })

/** Another process's hold on the lock. */
const lock = Effect.fnUntraced(function* () {
  const { file } = yield* Database
  const other = new Sqlite(file)
  yield* Effect.addFinalizer(() => Effect.sync(() => other.close()))
  other.exec("BEGIN IMMEDIATE")
  return { release: () => other.exec("ROLLBACK") }
})

const defectOf = (exit: Exit.Exit<unknown, unknown>): unknown =>
  Exit.isFailure(exit) ? exit.cause.reasons.find(Cause.isDieReason)?.defect : undefined

describe("a group", () => {
  it.effect("is one transaction, of which readers see nothing before its COMMIT", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const [, meanwhile] = yield* Effect.all([run(insertPhoneNumber(id)), run(read(phoneNumbersOf(id)))], {
        concurrency: "unbounded",
      })
      assert.lengthOf(meanwhile, 0)
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("fails as a whole when COMMIT fails, and the next one succeeds", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { writer } = yield* Database
      const { id } = yield* run(givenClient)
      const orphan = Effect.andThen(
        Effect.sync(() => writer.sqlite.pragma("defer_foreign_keys = ON")),
        insertPhoneNumber(999 as ClientId),
      )
      const exits = yield* Effect.forEach([insertPhoneNumber(id), orphan], (program) => Effect.exit(run(program)), {
        concurrency: "unbounded",
      })
      for (const exit of exits) assert.propertyVal(defectOf(exit), "code", "SQLITE_CONSTRAINT_FOREIGNKEY")
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 0)
      yield* run(insertPhoneNumber(id))
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("is Unavailable as far as it ran when SQLite ends its transaction, even behind a program's back", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { writer } = yield* Database
      const { id } = yield* run(givenClient)
      const diskError = Effect.sync(() => {
        writer.sqlite.exec("ROLLBACK")
        throw new Sqlite.SqliteError("disk I/O error", "SQLITE_IOERR_WRITE")
      })
      const programs = [insertPhoneNumber(id, { label: "taken back" }), diskError, insertPhoneNumber(id)]
      const exits = yield* Effect.forEach(programs, (program) => Effect.exit(run(program)), {
        concurrency: "unbounded",
      })
      // The third had not run yet.
      assert.deepEqual(exits.map(Exit.isSuccess), [false, false, true])
      for (const exit of exits.slice(0, 2)) {
        assert.propertyVal(Exit.isFailure(exit) && Cause.squash(exit.cause), "_tag", "Unavailable")
      }
      assert.deepEqual(
        (yield* read(phoneNumbersOf(id))).map(({ label }) => label),
        ["home"],
      )
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("programs", () => {
  it.effect("that come in consecutive turns gather for one commit", () => {
    const { seen, observe } = observed()
    return Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      yield* eventLoopTurn
      const callers = []
      for (let turn = 0; turn < 3; turn++) {
        callers.push(yield* start(run(insertPhoneNumber(id))))
        yield* eventLoopTurn
      }
      yield* Fiber.joinAll(callers)
      assert.deepEqual(
        seen.commits.map(([programs]) => programs),
        [1, 3],
      )
    }).pipe(Effect.provide(fileLayer({ observe })))
  })

  it.live("do not wait for ever while one more comes in every turn", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      // Outside of Effect, whose scheduler would leave out a turn now and then.
      const cameBefore = async (first: Fiber.Fiber<unknown, unknown>, came: number): Promise<number> => {
        if (first.pollUnsafe() !== undefined || came === MAX_WAITING) return came
        await new Promise((resolve) => setImmediate(resolve))
        Effect.runFork(run(Effect.void))
        return cameBefore(first, came + 1)
      }
      // The first one ever that changes nothing waits for a sync.
      yield* run(Effect.void)
      // Where the machine itself pauses, programs run at once: not every time.
      for (let time = 0; time < 20; time++) {
        const came = yield* Effect.promise(() => cameBefore(Effect.runFork(run(Effect.void)), 1))
        assert.isBelow(came, MAX_WAITING)
      }
    }).pipe(Effect.provide(fileLayer({ pace: {} }))),
  )
})

describe("a full disk", () => {
  it.effect("is Unavailable, stores exactly what was acknowledged, and is forgotten once there is room", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { writer } = yield* Database
      const { id } = yield* run(givenClient)
      const hundred = Array.from({ length: 100 }, () => newPhoneNumber())
      const program = PhoneNumberRepository.use((repository) => repository.insert(id, hundred, 2000))
      writer.sqlite.pragma(`max_page_count = ${writer.sqlite.pragma("page_count", { simple: true })}`)
      const exits = yield* Effect.replicateEffect(Effect.exit(run(program)), 5, { concurrency: "unbounded" })
      const stored = exits.filter(Exit.isSuccess).length
      assert.isBelow(stored, 5)
      for (const exit of exits) {
        if (Exit.isFailure(exit)) assert.propertyVal(Cause.squash(exit.cause), "_tag", "Unavailable")
      }
      assert.lengthOf(yield* read(phoneNumbersOf(id)), stored * 100)
      writer.sqlite.pragma("max_page_count = 1000000")
      yield* run(program)
      assert.lengthOf(yield* read(phoneNumbersOf(id)), stored * 100 + 100)
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("a program that waits for anything but the repositories", () => {
  it.effect("is a defect, is taken back alone, and does not go on afterwards", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const asynchronous = Effect.gen(function* () {
        yield* insertPhoneNumber(id)
        yield* Effect.sleep("1 second")
        yield* insertPhoneNumber(id)
      })
      const [exit] = yield* Effect.all([Effect.exit(run(asynchronous)), run(insertPhoneNumber(id))], {
        concurrency: "unbounded",
      })
      assert.isTrue(Cause.isAsyncFiberError(defectOf(exit)))
      assert.isTrue(Cause.isAsyncFiberError(defectOf(yield* Effect.exit(read(Effect.sleep("1 second"))))))
      yield* TestClock.adjust("1 minute")
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("a caller that goes away", () => {
  it.effect("before its turn takes its program out of the queue", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const gone = yield* start(run(insertPhoneNumber(id, { label: "gone" })))
      const stays = yield* start(run(insertPhoneNumber(id, { label: "stays" })))
      yield* Fiber.interrupt(gone)
      yield* Fiber.join(stays)
      assert.deepEqual(
        (yield* read(phoneNumbersOf(id))).map(({ label }) => label),
        ["stays"],
      )
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("after its turn leaves its work standing", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const caller = yield* start(Effect.andThen(run(insertPhoneNumber(id)), Effect.never))
      yield* turns
      yield* Fiber.interrupt(caller)
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("a database locked by another process", () => {
  it.effect("is tried again, and answers once it is free", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const { release } = yield* lock()
      const caller = yield* start(run(insertPhoneNumber(id)))
      yield* turns
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 0)
      release()
      yield* TestClock.adjust(Duration.millis(RETRY_MILLIS))
      yield* Fiber.join(caller)
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect(
    "is Unavailable when it stays locked, to each caller in its time, stores nothing, and works again afterwards",
    () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        const { release } = yield* lock()
        const first = yield* start(Effect.flip(run(insertPhoneNumber(id))))
        yield* turns
        yield* TestClock.adjust(Duration.millis(RETRY_MILLIS))
        const second = yield* start(run(insertPhoneNumber(id)))
        yield* TestClock.adjust(Duration.millis(PATIENCE_MILLIS - RETRY_MILLIS))
        const error = yield* Fiber.join(first)
        assert.strictEqual(error._tag, "Unavailable")
        assert.include(error.reason, "SQLITE_BUSY")
        assert.isUndefined(second.pollUnsafe())
        release()
        yield* TestClock.adjust(Duration.millis(RETRY_MILLIS))
        yield* Fiber.join(second)
        assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
      }).pipe(Effect.provide(fileLayer())),
  )
})

describe("callers that come again at once, on a slow disk", () => {
  const SYNC_MILLIS = 10

  /** A store whose syncs take as long as the test lets them. */
  const slowDisk = Effect.gen(function* () {
    const { writer } = yield* Database
    const syncs: Array<() => void> = []
    let fast = false
    const commits = yield* groupCommit(
      writer,
      {
        sync: (done) => void (fast ? done(null) : syncs.push(() => done(null))),
        keep: () => {},
        checkpoint: () => Promise.resolve(0),
        bytes: () => 0,
      },
      PACE,
    )
    // A test that fails should not wait for the rest of them.
    yield* Effect.addFinalizer(() =>
      Effect.suspend(() => {
        fast = true
        syncs.shift()?.()
        return TestClock.adjust(Duration.millis(SYNC_MILLIS))
      }),
    )
    const answered: Array<string> = []
    const write = (caller: string) =>
      Effect.sync(() => {
        commits.add({
          run: () => {
            writer.sqlite.exec("INSERT INTO settings VALUES ('written', 1) ON CONFLICT DO UPDATE SET value = value + 1")
            return Exit.void
          },
          answer: () => answered.push(caller),
        })
      })
    /** Lets what waits run, and the sync that is under way end. */
    const endSync = Effect.gen(function* () {
      yield* turns
      yield* TestClock.adjust(Duration.millis(SYNC_MILLIS))
      syncs.shift()!()
    })
    // Two of them, who wait for each other's sync.
    yield* write("a")
    yield* turns
    yield* write("b")
    yield* endSync
    yield* write("a")
    yield* endSync
    assert.deepEqual(answered.splice(0), ["a", "b"])
    return { answered, endSync, syncs, write }
  })

  it.effect("share a sync from then on", () =>
    Effect.gen(function* () {
      const { answered, endSync, syncs, write } = yield* slowDisk
      yield* turns
      assert.lengthOf(syncs, 0)
      yield* write("b")
      yield* endSync
      assert.deepEqual(answered, ["a", "b"])
      assert.lengthOf(syncs, 0)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("wait half a sync for one that stays away", () =>
    Effect.gen(function* () {
      const { answered, endSync, syncs } = yield* slowDisk
      yield* turns
      assert.lengthOf(syncs, 0)
      yield* TestClock.adjust(Duration.millis(SYNC_MILLIS / 2))
      assert.lengthOf(syncs, 1)
      yield* endSync
      assert.deepEqual(answered, ["a"])
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("a checkpoint that allows no commit beside it", () => {
  it.effect("is waited for, and no longer than it takes", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      // No time passes: whoever waited for the next try would wait for ever.
      yield* Effect.replicateEffect(run(insertPhoneNumber(id)), 10)
      assert.lengthOf(yield* read(phoneNumbersOf(id)), 10)
    }).pipe(Effect.provide(fileLayer({ pace: { checkpointMillis: 0, maxLogFrames: -1 } }))),
  )
})

describe("turns", () => {
  it.effect("never come two on end, however many callers there are: others come in between", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      let most = 0
      const immediates = () => process.getActiveResourcesInfo().filter((name) => name === "Immediate").length
      const write = Effect.promise(() => {
        most = Math.max(most, immediates())
        return Effect.runPromise(run(insertPhoneNumber(id)))
      })
      yield* Effect.forEach(Array.from({ length: 500 }), () => Effect.replicateEffect(write, 10, { discard: true }), {
        concurrency: "unbounded",
        discard: true,
      })
      // One turn, and one of Effect's own.
      assert.isAtMost(most, 2)
    }).pipe(Effect.provide(fileLayer({ pace: {} }))),
  )
})

describe("the queue", () => {
  it.effect("turns away what does not fit, after a while, and runs the rest", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      // Forked outside of Effect, whose scheduler would give way to a flush in between.
      const fibers = Array.from({ length: MAX_WAITING + 1 }, () => Effect.runFork(run(Effect.void)))
      const last = fibers.pop()!
      yield* Fiber.joinAll(fibers)
      assert.isUndefined(last.pollUnsafe())
      yield* TestClock.adjust(Duration.millis(REFUSAL_MILLIS))
      assert.strictEqual((yield* Effect.flip(Fiber.join(last))).reason, "overloaded")
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("is finished before the database closes; what comes later is Unavailable", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      const scope = yield* Scope.make()
      const { read, run } = Context.get(yield* Layer.buildWithScope(layer({ file }), scope), UnitOfWork)
      const { id } = yield* run(givenClient)
      const waiting = yield* start(run(insertPhoneNumber(id)))
      yield* Scope.close(scope, Exit.void)
      yield* Fiber.join(waiting)
      assert.strictEqual((yield* Effect.flip(run(insertPhoneNumber(id)))).reason, "closing")
      assert.strictEqual((yield* Effect.flip(read(phoneNumbersOf(id)))).reason, "closing")

      const reopened = Effect.flatMap(UnitOfWork, (again) => again.read(phoneNumbersOf(id)))
      assert.lengthOf(yield* Effect.provide(reopened, layer({ file })), 1)
    }),
  )
})
