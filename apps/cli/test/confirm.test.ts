import { PassThrough } from "node:stream"
import { text } from "node:stream/consumers"
import { Effect } from "effect"
import { assert, describe, it } from "vitest"
import { confirm } from "../src/confirm.ts"

/** What is answered to somebody who types this on a terminal. */
const asked = async (typed: string | null) => {
  const input = Object.assign(new PassThrough(), { isTTY: true })
  const output = new PassThrough()
  const answer = Effect.runPromise(confirm("Really?", { input, output } as never))
  input.end(typed ?? "")
  const confirmed = await answer
  output.end()
  return { confirmed, shown: await text(output) }
}

describe("a confirmation", () => {
  it("is y or yes, and nothing else", async () => {
    assert.deepEqual(await asked("y\n"), { confirmed: true, shown: "Really? [y/N] " })
    for (const typed of ["Yes\n", " Y \n"]) assert.isTrue((await asked(typed)).confirmed)
    for (const typed of ["\n", "n\n", "yess\n", "", null]) assert.isFalse((await asked(typed)).confirmed)
  })

  it("is no where there is no terminal", async () => {
    const input = new PassThrough()
    input.end("y\n")
    assert.isFalse(await Effect.runPromise(confirm("Really?", { input, output: new PassThrough() } as never)))
  })
})
