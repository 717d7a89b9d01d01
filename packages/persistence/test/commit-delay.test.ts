import { assert, describe, it } from "@effect/vitest"
import { type EndedSync, makeCommitDelay } from "../src/commit-delay.ts"

/** A delay, at a time that the test sets. */
const given = () => {
  let time = 1000
  let timer: { readonly at: number; readonly work: () => void } | undefined
  let woken = 0
  const later = (millis: number, work: () => void) => void (timer = { at: time + millis, work })
  const delay = makeCommitDelay(
    () => time,
    later,
    () => woken++,
  )
  const pass = (millis: number) => {
    time += millis
    if (timer === undefined || timer.at > time) return
    const { work } = timer
    timer = undefined
    work()
  }
  const come = (units: number) => Array.from({ length: units }).forEach(() => delay.came(time))
  /** So many come at once when a sync has ended, and so long later the next one ends. */
  const round = (units: number, ended: EndedSync) => {
    come(units)
    pass(ended.tookMillis)
    delay.ended(ended)
  }
  return { delay, come, pass, round, woken: () => woken }
}

/** Two groups of eight that take turns on a slow disk. */
const half: EndedSync = { tookMillis: 10, confirmed: 8, others: 8 }

describe("a sync on a slow disk", () => {
  it("waits for those whom the one before has answered, where they come again at once, and begins when all are there", () => {
    const { delay, round, woken } = given()
    delay.ended(half)
    round(8, half)
    assert.isFalse(delay.isOver(8))
    assert.isFalse(delay.isOver(15))
    assert.isTrue(delay.isOver(16))
    assert.equal(woken(), 0)
  })

  it("waits half as long as the one before took, and no longer than ten milliseconds", () => {
    for (const [tookMillis, wait] of [
      [10, 5],
      [60_000, 10],
    ] as const) {
      const { delay, pass, round, woken } = given()
      delay.ended(half)
      round(8, { ...half, tookMillis })
      pass(wait - 1)
      assert.isFalse(delay.isOver(8))
      pass(1)
      assert.isTrue(delay.isOver(8))
      assert.equal(woken(), 1)
    }
  })

  it("does not wait for callers who do not come again, or come late", () => {
    const { come, delay, pass, round } = given()
    delay.ended(half)
    round(5, half)
    assert.isTrue(delay.isOver(8))
    pass(6)
    come(8)
    round(0, half)
    assert.isTrue(delay.isOver(8))
  })

  it("does not wait for many, whose requests keep the processor busy meanwhile", () => {
    const { delay, round } = given()
    const many: EndedSync = { tookMillis: 10, confirmed: 16, others: 15 }
    delay.ended(many)
    round(16, many)
    assert.isTrue(delay.isOver(15))
  })
})

describe("a sync on a fast disk", () => {
  it("waits for nobody", () => {
    const { delay, round } = given()
    const fast: EndedSync = { tookMillis: 3, confirmed: 2, others: 2 }
    delay.ended(fast)
    round(2, fast)
    assert.isTrue(delay.isOver(1))
  })
})
