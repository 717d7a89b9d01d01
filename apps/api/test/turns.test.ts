import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { makeTurns } from "../src/turns.ts"

const busy = (millis: number): void => {
  const since = performance.now()
  while (performance.now() - since < millis);
}

/** Notes what comes in between for as long as anybody waits. */
const others = (seen: Array<string>, ends: Promise<unknown>): void => {
  let over = false
  void ends.then(() => (over = true))
  const other = () => {
    if (over) return
    seen.push("other")
    setImmediate(other)
  }
  setImmediate(other)
}

describe("turns", () => {
  it.effect("come in the order of asking, and the event loop sees to others in between", () =>
    Effect.promise(async () => {
      const turn = makeTurns()
      const seen: Array<string> = []
      const work = (name: string) =>
        Effect.runPromise(
          Effect.andThen(
            turn,
            Effect.sync(() => (seen.push(name), busy(2))),
          ),
        )
      const all = Promise.all(["first", "second", "third"].map(work))
      others(seen, all)
      await all
      assert.deepEqual(seen, ["first", "other", "second", "other", "third"])
    }),
  )

  it.effect("are shared by those that take little time", () =>
    Effect.promise(async () => {
      const turn = makeTurns()
      const seen: Array<string> = []
      const all = Promise.all(Array.from({ length: 1000 }, () => Effect.runPromise(turn)))
      others(seen, all)
      await all
      assert.isBelow(seen.length, 500)
    }),
  )

  it.effect("go on to the next where somebody went away", () =>
    Effect.gen(function* () {
      const turn = makeTurns()
      const gone = yield* Effect.forkChild(turn, { startImmediately: true })
      const stays = yield* Effect.forkChild(turn, { startImmediately: true })
      yield* Fiber.interrupt(gone)
      yield* Fiber.join(stays)
      yield* turn
    }),
  )
})
