import { describe, expect, it } from "vitest"
import type { Fault } from "../../src/faults/faulty-machine.ts"
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

  it("that stalls: what it has keeps waiting, what comes later is told 503, reads go on, and it passes", async () => {
    const { check, client, load, machine, rename, send, stop } = await startService({ faulty: true })
    const writing = load(2)
    await writing.answer()
    machine.fail({ calls: "sync", hold: true })
    const began = performance.now()
    const held = rename()
    while (performance.now() - began < 2500) expect((await send("GET", client)).status).toBe(200)
    expectUnavailable(await rename())
    expectUnavailable(await send("GET", "/readyz"))
    machine.mend()
    expect((await held).status).toBe(200)
    expect((await rename()).status).toBe(200)
    expect((await send("GET", "/readyz")).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })

  it.each<[string, Fault]>([
    ["log", { calls: "sync", fail: "EIO" }],
    ["database, at a checkpoint", { calls: "sync", fail: "EIO", on: "phonebook.db" }],
  ])("that fails to sync the %s is not trusted again: 503 until a restart, which finds all", async (_, fault) => {
    const { check, client, load, machine, rename, renameAfterRestart, send, stop } = await startService({
      faulty: true,
    })
    const writing = load(2)
    await writing.answer()
    machine.fail(fault)
    let refused: Answer
    do refused = await rename()
    while (refused.status === 200)
    machine.mend()

    for (const answer of [refused, await rename(), await send("GET", "/readyz")]) {
      expectUnavailable(answer)
      expect(answer.body.message).toMatch(/sync of the disk has failed, restart/u)
    }
    expect((await send("GET", client)).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing, { refusedMayBeStored: true })
    expect((await renameAfterRestart()).status).toBe(200)
  })
})
