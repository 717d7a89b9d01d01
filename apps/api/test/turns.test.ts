import { describe, expect, it } from "vitest"
import { makeTurns } from "../src/turns.ts"

const busy = (millis: number): void => {
  const since = performance.now()
  while (performance.now() - since < millis);
}

/** What was done while these took their turns, and how often the event loop saw to others in between. */
const taking = (
  works: ReadonlyArray<{ readonly name: string; readonly millis: number }>,
  hurried = false,
): Promise<Array<string>> =>
  new Promise((resolve) => {
    const turns = makeTurns(() => hurried)
    const seen: Array<string> = []
    for (const { name, millis } of works) {
      turns.take(() => {
        seen.push(name)
        busy(millis)
      })
    }
    const other = () => {
      if (turns.waiting() === 0) return resolve(seen)
      seen.push("other")
      setImmediate(other)
    }
    setImmediate(other)
  })

describe("turns", () => {
  it("come in the order of asking, and the event loop sees to others in between", async () => {
    const works = ["first", "second", "third"].map((name) => ({ name, millis: 2 }))
    expect(await taking(works)).toEqual(["first", "other", "second", "other", "third"])
  })

  it("are shared by those that take little time", async () => {
    const seen = await taking(Array.from({ length: 1000 }, () => ({ name: "short", millis: 0 })))
    expect(seen.filter((name) => name === "short")).toHaveLength(1000)
    expect(seen.length).toBeLessThan(1500)
  })

  it("come one at a time where the event loop should come round soon", async () => {
    const works = ["first", "second", "third"].map((name) => ({ name, millis: 0 }))
    expect(await taking(works, true)).toEqual(["first", "other", "second", "other", "third"])
  })
})
