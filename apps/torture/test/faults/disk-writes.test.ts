import { statSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { type Answer, expectUnavailable, startService, trouble } from "./service.ts"

describe.skipIf(trouble !== undefined)(`a disk${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  it("full, failing at writes or read-only: 503, reads go on, nothing is there by half, and it passes", async () => {
    const { check, client, load, machine, rename, send, stop } = await startService({ faulty: true })
    const writing = load(2)
    for (const fail of ["ENOSPC", "EIO", "EROFS"] as const) {
      await writing.answer()
      machine.fail({ calls: "write", fail })
      expectUnavailable(await rename())
      expectUnavailable(await send("GET", "/readyz"))
      expect((await send("GET", client)).status).toBe(200)
      expect((await send("GET", "/healthz")).status).toBe(200)
      machine.mend()
      expect((await rename()).status).toBe(200)
      expect((await send("GET", "/readyz")).status).toBe(200)
    }
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })

  it("failing at reads: 500 for what it cannot read, nothing is there by half, and it passes", async () => {
    const { check, client, load, machine, rename, send, stop } = await startService({ faulty: true })
    const writing = load(2)
    await writing.answer()
    machine.fail({ calls: "read", fail: "EIO" })
    let answer: Answer
    // What was read before may be remembered.
    do answer = await send("GET", client)
    while (answer.status === 200)
    // SQLite takes it for damage.
    expect(answer.status).toBe(500)
    expect(answer.body).toEqual({ error: "Error" })
    expect((await send("GET", "/healthz")).status).toBe(200)
    machine.mend()
    expect((await send("GET", client)).status).toBe(200)
    expect((await rename()).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })

  it("failing in the middle of a COMMIT: 503, nothing is there by half, and it passes, or the process is killed", async () => {
    const { check, kill, load, machine, rename, send } = await startService({ faulty: true })
    const writing = load(8)
    await writing.answer()
    // A frame is two writes, a COMMIT some frames.
    for (const after of [1, 2, 3, 6, 11]) {
      machine.fail({ calls: "write", fail: "EIO", on: "phonebook.db-wal", after })
      while (!machine.hasStruck()) await rename()
      expectUnavailable(await rename())
      expectUnavailable(await send("GET", "/readyz"))
      machine.mend()
      expect((await rename()).status).toBe(200)
      expect((await send("GET", "/readyz")).status).toBe(200)
    }
    machine.fail({ calls: "write", fail: "EIO", on: "phonebook.db-wal", after: 5 })
    while (!machine.hasStruck()) await rename()
    expect(writing.stop()).toBe(0)
    await writing.journal
    await kill()
    await check(writing)
  })

  it("failing in the middle of a checkpoint: writes go on in the log, and the next one moves them", async () => {
    const { check, file, kill, load, machine, rename, send } = await startService({ faulty: true })
    const writing = load(8)
    await writing.answer()
    machine.fail({ calls: "write", fail: "EIO", on: "phonebook.db", after: 3 })
    while (!machine.hasStruck()) expect((await rename()).status).toBe(200)
    expect((await rename()).status).toBe(200)
    expect((await send("GET", "/readyz")).status).toBe(200)
    const { mtimeMs } = statSync(file)
    machine.mend()
    while (statSync(file).mtimeMs === mtimeMs) expect((await rename()).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await kill()
    await check(writing)
  })
})
