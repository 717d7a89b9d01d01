import { DatabaseSync } from "node:sqlite"
import { describe, expect, it, onTestFinished } from "vitest"
import { expectUnavailable, startService, trouble } from "./service.ts"

/** Another process's hold on the lock, as SQLite sees it. */
const lock = (file: string) => {
  const other = new DatabaseSync(file, { timeout: 10_000 })
  onTestFinished(() => other.close())
  other.exec("BEGIN IMMEDIATE")
  return { release: () => other.exec("ROLLBACK") }
}

describe("a lock held by another process", () => {
  it("makes writes wait, and 503 when they have waited long; reads go on, and it passes", async () => {
    const { check, client, file, load, rename, send, stop } = await startService()
    const writing = load(2)
    await writing.answer()
    const first = lock(file)
    const refused = rename()
    expect((await send("GET", client)).status).toBe(200)
    expectUnavailable(await refused)
    expectUnavailable(await send("GET", "/readyz"))
    first.release()
    expect((await rename()).status).toBe(200)

    const second = lock(file)
    const waiting = rename()
    expect((await send("GET", client)).status).toBe(200)
    second.release()
    expect((await waiting).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })
})

describe.skipIf(trouble !== undefined)(`a clock that jumps${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  const HOUR = 3600
  it.each([-HOUR, 24 * HOUR * 365])("by %i seconds moves the times, and nothing else", async (clockOffSeconds) => {
    const { client, file, machine, rename, send, stop } = await startService({ faulty: true })
    const before = await rename()
    machine.fail({ clockOffSeconds })
    const after = await rename()
    expect(after.status).toBe(200)
    const moved = (Date.parse(after.body.updated_at) - Date.parse(before.body.updated_at)) / 1000
    expect(Math.sign(moved)).toBe(Math.sign(clockOffSeconds))
    const stale = { "if-match": before.header("etag") }
    expect((await send("PUT", client, { name: "Stale" }, stale)).status).toBe(412)
    expect((await send("GET", client, undefined, { "if-none-match": after.header("etag") })).status).toBe(304)

    const keyed = { "idempotency-key": "k" }
    const first = await send("POST", `${client}/phone_numbers`, { phone_numbers: [{ number: "504-555-0123" }] }, keyed)
    machine.mend()
    const again = await send("POST", `${client}/phone_numbers`, { phone_numbers: [{ number: "504-555-0123" }] }, keyed)
    expect([first.status, again.status]).toEqual([201, 201])
    expect(again.header("idempotency-replayed")).toBe("true")
    expect(again.body).toEqual(first.body)

    // Patience is of another clock.
    const held = lock(file)
    const refused = rename()
    expect((await send("GET", "/healthz")).status).toBe(200)
    machine.fail({ clockOffSeconds })
    expectUnavailable(await refused)
    held.release()
    await stop()
  })
})
