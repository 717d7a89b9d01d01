import { describe, expect, it } from "vitest"
import type { Operation } from "../src/operations.ts"
import { possiblePrimaries } from "../src/primary.ts"

const write = { clientId: 1, mark: "a", keyed: false }
const update = (id: number, is_primary: boolean): Operation => ({
  kind: "update",
  ...write,
  id,
  change: { is_primary },
})
const done = (operation: Operation & { readonly id: number }, sent: number, answered: number) => ({
  operation,
  ids: [operation.id],
  sent,
  answered,
})
const begin = (id: number, sent: number, answered: number) => done(update(id, true) as never, sent, answered)
const end = (id: number, sent: number, answered: number) => done(update(id, false) as never, sent, answered)
const remove = (id: number, sent: number, answered: number) => done({ kind: "delete", ...write, id }, sent, answered)

describe("possiblePrimaries", () => {
  it.each([
    ["the former one, where nothing happened", [], [9]],
    ["none, where the former one was deleted", [remove(9, 0, 1)], [undefined]],
    ["the former one, where another was deleted", [remove(8, 0, 1)], [9]],
    ["the one that asked last", [begin(1, 0, 1), begin(2, 1, 2)], [2]],
    ["each of those that asked at once", [begin(1, 0, 3), begin(2, 1, 2), begin(3, 2, 3)], [1, 3]],
    ["also one that was not answered", [begin(1, 0, Infinity), begin(2, 5, 6)], [1, 2]],
    ["none, where the one that asked last gave it up", [begin(1, 0, 1), end(1, 1, 2)], [undefined]],
    ["the one that gave it up and asked again", [begin(1, 0, 1), end(1, 1, 2), begin(1, 2, 3)], [1]],
    [
      "the other one or none, where one of two gave it up",
      [begin(1, 0, 2), begin(2, 1, 2), end(1, 2, 3)],
      [undefined, 2],
    ],
  ])("are %s", (_, operations, expected) => {
    expect(possiblePrimaries(9, operations)).toEqual(expected)
  })
})
