import { describe, expect, it } from "vitest"
import {
  a,
  afterFirst,
  afterSecond,
  b,
  c,
  create,
  d,
  item,
  later,
  numbers,
  type Sent,
  shown,
  t,
  u,
  update,
  verifyFile,
  x,
} from "./history.ts"

/** Sent again under its key, and answered as the first time. */
const replayed = ([operation, status = 201, body]: Sent): Sent => [operation, status, body, true]
const afterRepetition = (...sent: ReadonlyArray<Sent>) => afterSecond("", [...sent, ...later]).discrepancies

describe("verify, of what is sent again", () => {
  it("finds nothing where each is answered as the first time and done once", () => {
    const answer = numbers(shown(5, "c/0", "04"), shown(6, "c/1", "05"))
    expect(afterRepetition(replayed(a), replayed(u), replayed(x), replayed([c[0], 201, answer]))).toEqual([])
  })

  it("lets one go that was not answered again", () => {
    expect(afterRepetition([a[0]], [u[0]], [x[0]], [c[0]])).toEqual([])
  })

  it("lets an update that was done without an answer be answered as a repetition", () => {
    const v = update("v", 6, {}, true)
    expect(afterSecond("", [[v], [v, 200, shown(6, "v", "05"), true]]).discrepancies).toEqual([])
  })

  it("finds an acknowledged one that was carried out again", () => {
    expect(afterRepetition(x)).toEqual(["delete x of client 1 was carried out again"])
  })

  it("finds one that was carried out without an answer, and again", () => {
    const answer = numbers(shown(8, "c/0", "04"), shown(9, "c/1", "05"))
    expect(afterRepetition([c[0], 201, answer])).toEqual([
      "create c of client 1 was carried out again",
      "phone number 8 (c/0) is missing",
      "phone number 9 (c/1) is missing",
    ])
  })

  it("finds one that was not carried out and is answered as a repetition", () => {
    const e = create("e", [item(6)], true)
    const removed = "DELETE FROM phone_numbers WHERE id = 7; UPDATE clients SET phone_number_count = 5 WHERE id = 1"
    const { discrepancies, state } = afterFirst(removed, [a, t, u, b, x, c, d, [e]])
    expect(discrepancies).toEqual([])
    const again: Sent = [e, 201, numbers(shown(7, "e/0", "06"))]
    expect(verifyFile("", [again, ...later], state).discrepancies).toEqual([])
    expect(verifyFile("", [replayed(again), ...later], state).discrepancies).toEqual([
      "create e of client 1 was answered as a repetition",
    ])
  })

  it("finds another answer than the first", () => {
    expect(afterRepetition([u[0], 200, shown(1, "u", "11"), true])).toEqual([
      expect.stringMatching(
        /^update u of client 1 was answered .*0111.* when it was sent again, and .*0110.* before$/u,
      ),
    ])
  })
})
