import { DatabaseSync } from "node:sqlite"
import { describe, expect, it, onTestFinished } from "vitest"
import type { Fault } from "../../src/faults/faulty-machine.ts"
import { type Answer, commandsOn, expectUnavailable, startService, trouble } from "./service.ts"

/** Of the client that `rename` renames. */
const nameIn = (file: string) => {
  const database = new DatabaseSync(file)
  const { name } = database.prepare("SELECT name FROM clients ORDER BY id").get()!
  database.close()
  return name
}

/** Begins to read, and goes on until the test is over. */
const read = (file: string) => {
  const reader = new DatabaseSync(file, { readOnly: true })
  onTestFinished(() => reader.close())
  reader.exec("BEGIN; SELECT count(*) FROM clients")
}

/** Moves the log into the database, so that the next write begins it anew. */
const emptyLog = (file: string) => {
  const other = new DatabaseSync(file)
  other.exec("PRAGMA wal_checkpoint(TRUNCATE)")
  other.close()
}

/** The log is not begun anew while somebody reads what is older: SQLite would sync its header, in the event loop. */
const keepLogGoing = async ({ file, rename }: Awaited<ReturnType<typeof startService>>) => {
  expect((await rename()).status).toBe(200)
  read(file)
  expect((await rename()).status).toBe(200)
}

describe.skipIf(trouble !== undefined)(`a disk${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  it("that stalls: what it has keeps waiting, what comes later is told 503, reads go on, and it passes", async () => {
    const { check, client, load, machine, rename, send, stop } = await startService({ faulty: true })
    const writing = load(2)
    await writing.answer()
    machine.fail({ calls: "sync", hold: true })
    const held = rename()
    // What is committed can be read before it is on the disk.
    while ((await send("GET", client)).body.name !== "Name 1");
    const began = performance.now()
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
    const { check, client, load, machine, rename, restart, send, stop } = await startService({ faulty: true })
    const writing = load(8)
    await writing.answer()
    machine.fail(fault)
    let refused: Answer
    do refused = await rename()
    while (refused.status === 200)
    machine.mend()

    // A supervisor sees that a restart is all that helps.
    for (const answer of [refused, await rename(), await send("GET", "/readyz"), await send("GET", "/healthz")]) {
      expectUnavailable(answer)
      expect(answer.body.message).toMatch(/sync of the disk has failed, restart/u)
    }
    expect((await send("GET", client)).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing, machine.afterPowerLoss())
    await check(writing)
    expect((await (await restart()).rename()).status).toBe(200)
  })

  it("that fails to sync the log, of which the machine forgets the rest, finds all after a stop", async () => {
    const { check, load, machine, rename, restart, stop } = await startService({ faulty: true, forgets: true })
    const writing = load(8)
    await writing.answer()
    machine.fail({ calls: "sync", fail: "EIO" })
    while ((await rename()).status === 200);
    machine.mend()
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
    expect((await (await restart()).rename()).status).toBe(200)
  })

  it("that fails to sync the header of a new log is not trusted again either", async () => {
    const { file, machine, rename } = await startService({ faulty: true })
    emptyLog(file)
    machine.fail({ calls: "sync", fail: "EIO", on: "phonebook.db-wal" })
    expectUnavailable(await rename())
    machine.mend()
    const refused = await rename()
    expectUnavailable(refused)
    expect(refused.body.message).toMatch(/sync of the disk has failed, restart/u)
  })

  it("that fails to sync tells those who have run since, too", async () => {
    const service = await startService({ faulty: true })
    const { client, machine, rename, send } = service
    await keepLogGoing(service)
    machine.fail({ calls: "sync", hold: true })
    const first = rename()
    const second = rename()
    // Reads see what has run.
    while ((await send("GET", client)).body.name !== "Name 4");
    machine.fail({ calls: "sync", fail: "EIO" })
    for (const answer of [await first, await second]) {
      expectUnavailable(answer)
      expect(answer.body.message).toMatch(/restart the service to see whether this was saved/u)
    }
  })

  it("that has failed to sync has all that a restart builds on, beside one who reads", async () => {
    const { client, file, kill, machine, rename, restart } = await startService({ faulty: true })
    machine.fail({ calls: "sync", fail: "EIO" })
    expectUnavailable(await rename())
    machine.mend()
    await kill()
    read(file)
    const server = await restart()
    const { name } = (await server.send("GET", client)).body
    // Changes nothing, so nothing of it waits for a sync: it may well say so, if what it has read is on the disk.
    expect((await server.send("PUT", client, { name })).status).toBe(200)
    expect(nameIn(machine.afterPowerLoss())).toBe(name)
    expect((await server.rename()).status).toBe(200)
    expect(nameIn(machine.afterPowerLoss())).toBe("Name 2")
  })

  it("that has failed to sync lets no other process build on it, and finds all after a restart", async () => {
    const service = await startService({ faulty: true, forgets: true })
    const { check, client, file, load, machine, rename, restart, send, stop } = service
    const writing = load(8)
    await writing.answer()
    expect(writing.stop()).toBe(0)
    await writing.journal
    emptyLog(file)
    expect((await rename()).status).toBe(200)
    machine.fail({ calls: "sync", fail: "EIO" })
    // What the log should hold of the numbers' pages is gone: moved into the database, it would destroy them.
    expectUnavailable(await send("POST", `${client}/phone_numbers`, { phone_numbers: [{ number: "504-555-0123" }] }))
    machine.mend()
    await expect(commandsOn(file)("credentials create")).rejects.toMatchObject({
      stdout: expect.stringMatching(/locked/u),
    })
    await stop()
    await check(writing)
    await restart()
    expect(await commandsOn(file)("credentials create")).toHaveProperty("token")
  })

  it("that has failed to sync keeps out whoever writes at that very moment, from then on", async () => {
    const service = await startService({ faulty: true })
    const { client, file, machine, rename, send } = service
    await keepLogGoing(service)
    machine.fail({ calls: "sync", hold: true })
    const held = rename()
    while ((await send("GET", client)).body.name !== "Name 3");
    const other = new DatabaseSync(file)
    onTestFinished(() => other.close())
    other.exec("BEGIN IMMEDIATE")
    machine.fail({ calls: "sync", fail: "EIO" })
    expectUnavailable(await held)
    other.exec("ROLLBACK")
    const writes = () => {
      try {
        other.exec("BEGIN IMMEDIATE; ROLLBACK")
        return true
      } catch {
        return false
      }
    }
    while (writes()) await send("GET", client)
    expect(writes()).toBe(false)
  })

  it("has what is answered of another process's writes, too", async () => {
    const service = await startService({ faulty: true })
    const { client, machine, rename, restart } = service
    const other = await restart({ FAULTS: "" })
    await keepLogGoing(service)
    machine.fail({ calls: "sync", hold: true })
    const held = rename()
    while ((await other.send("GET", client)).body.name !== "Name 3");
    // Changes nothing.
    expect((await other.send("PUT", client, { name: "Name 3" })).status).toBe(200)
    expect(nameIn(machine.afterPowerLoss())).toBe("Name 3")
    machine.mend()
    expect((await held).status).toBe(200)
  })

  it("full where the index of a long log grows: 503, which says that a crash may bring the write back", async () => {
    const { check, file, kill, load, machine, rename } = await startService({ faulty: true })
    // Else the log would begin anew before it is long.
    read(file)
    machine.fail({ calls: "write", fail: "ENOSPC", on: "phonebook.db-shm" })
    const writing = load(8)
    let refused: Answer
    do refused = await rename()
    while (refused.status === 200)
    writing.stop()
    await writing.journal
    await kill()
    expectUnavailable(refused)
    expect(refused.body.message).toMatch(/only reading tells whether this was saved/u)
    await check(writing)
  })
})
