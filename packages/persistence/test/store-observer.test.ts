import { statSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import { Database, layer } from "../src/index.ts"
import { fileLayer, givenClient, insertPhoneNumber, observed } from "./fixtures.ts"

describe("an observer", () => {
  it.effect("hears how many programs shared a commit, and how long it took", () => {
    const { seen, observe } = observed()
    return Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const { id } = yield* run(givenClient)
      const programs = [insertPhoneNumber(id), insertPhoneNumber(id), Effect.fail("refused")]
      yield* Effect.forEach(programs, (program) => Effect.exit(run(program)), { concurrency: "unbounded" })
      assert.deepEqual(
        seen.commits.map(([count]) => count),
        [1, 3],
      )
      for (const [, seconds] of seen.commits) assert.isAbove(seconds, 0)
    }).pipe(Effect.provide(fileLayer({ observe })))
  })

  it.effect("can ask how many programs wait, and how long the log is", () => {
    const { seen, observe } = observed()
    return Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const { file } = yield* Database
      yield* run(givenClient)
      assert.deepEqual(seen.figures(), { waiting: 0, walBytes: statSync(`${file}-wal`).size })
      assert.isAbove(seen.figures().walBytes, 0)
      const fibers = Array.from({ length: 3 }, () => Effect.runFork(run(Effect.void)))
      assert.strictEqual(seen.figures().waiting, 3)
      for (const fiber of fibers) yield* Effect.promise(() => new Promise((resolve) => fiber.addObserver(resolve)))
      assert.strictEqual(seen.figures().waiting, 0)
    }).pipe(Effect.provide(fileLayer({ observe })))
  })

  it.effect("finds no log in memory", () => {
    const { seen, observe } = observed()
    return Effect.gen(function* () {
      yield* (yield* UnitOfWork).run(givenClient)
      assert.deepEqual(seen.figures(), { waiting: 0, walBytes: 0 })
    }).pipe(Effect.provide(layer({ file: ":memory:", observe })))
  })
})

describe("ready", () => {
  it.effect("really writes each time, what nobody sees", () =>
    Effect.gen(function* () {
      const { ready } = yield* UnitOfWork
      const { sqlite } = (yield* Database).reader
      const rows = () => sqlite.prepare("SELECT count(*) FROM settings").pluck().get()
      // Another number once another connection has written.
      const version = () => sqlite.pragma("data_version", { simple: true })
      yield* ready
      const before = { version: version(), rows: rows() }
      yield* ready
      assert.notStrictEqual(version(), before.version)
      assert.strictEqual(rows(), before.rows)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("writes once for all who ask at the same time: anybody may ask", () => {
    const { seen, observe } = observed()
    return Effect.gen(function* () {
      const { ready } = yield* UnitOfWork
      yield* Effect.replicateEffect(ready, 100, { concurrency: "unbounded" })
      assert.deepEqual(
        seen.commits.map(([count]) => count),
        [1],
      )
    }).pipe(Effect.provide(fileLayer({ observe })))
  })

  it.effect("is Unavailable while nothing can be written, and not afterwards", () =>
    Effect.gen(function* () {
      const { ready } = yield* UnitOfWork
      const { writer } = yield* Database
      writer.sqlite.pragma("query_only = ON")
      const error = yield* Effect.flip(ready)
      assert.strictEqual(error._tag, "Unavailable")
      assert.include(error.reason, "SQLITE_READONLY")
      writer.sqlite.pragma("query_only = OFF")
      yield* ready
    }).pipe(Effect.provide(fileLayer())),
  )
})
