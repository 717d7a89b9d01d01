import { once } from "node:events"
import { connect } from "node:net"
import { describe, expect, it } from "vitest"
import { authorization, startService, trouble } from "./service.ts"

describe("the process", () => {
  it("answers what is in flight after SIGTERM under load, and ends", async () => {
    const { check, exit, load, signal } = await startService()
    const writing = load(16)
    await writing.answer()
    signal("SIGTERM")
    expect(await exit).toBe(0)
    await writing.journal
    await check(writing)
  })

  it("goes on after SIGSTOP and SIGCONT as if nothing had been", async () => {
    const { check, load, rename, signal, stop } = await startService()
    const writing = load(16)
    await writing.answer()
    signal("SIGSTOP")
    const waiting = rename()
    signal("SIGCONT")
    expect((await waiting).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })

  it("serves beside a thousand connections that say nothing, and lets go of them", async () => {
    const { check, load, rename, stop, url } = await startService()
    const { hostname, port } = new URL(url)
    const idle = Array.from({ length: 1000 }, () => connect(Number(port), hostname))
    await Promise.all(idle.map((socket) => once(socket, "connect")))
    const closed = Promise.all(idle.map((socket) => once(socket.resume(), "close")))
    const writing = load(64)
    for (let answers = 0; answers < 200; answers += 1) await writing.answer()
    expect((await rename()).status).toBe(200)
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await closed
    await check(writing)
  })
})

describe.skipIf(trouble !== undefined)(`a drain${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  it("waits for the disk: what was committed before SIGTERM is answered after it", async () => {
    const { client, exit, machine, send, signal } = await startService({ faulty: true })
    machine.fail({ calls: "sync", hold: true })
    const names = Array.from({ length: 10 }, (_, index) => `Name ${index}`)
    const writing = names.map((name) => send("PUT", client, { name }))
    const read = new Set<string>()
    // What is committed can be read before it is on the disk.
    while (!read.has(names.at(-1)!)) read.add((await send("GET", client)).body.name)
    signal("SIGTERM")
    machine.mend()
    for (const { status } of await Promise.all(writing)) expect(status).toBe(200)
    expect(await exit).toBe(0)
  })
})

describe.skipIf(trouble !== undefined)(`a client that leaves${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  it("in the middle of a group takes nothing from the others, and leaves all of its batch", async () => {
    const { check, client, load, machine, rename, send, stop, url } = await startService({ faulty: true })
    machine.fail({ calls: "sync", hold: true })
    const { hostname, port } = new URL(url)
    const leaving = connect(Number(port), hostname)
    const body = JSON.stringify({ name: "Left behind" })
    leaving.write(
      `PUT ${client} HTTP/1.1\r\nhost: h\r\nauthorization: ${authorization}\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    // What is committed can be read before it is on the disk.
    let read = await send("GET", client)
    while (read.body.name !== "Left behind") read = await send("GET", client)
    leaving.resetAndDestroy()
    const waiting = [rename(), rename()]
    const writing = load(4)
    expect((await send("GET", "/healthz")).status).toBe(200)
    machine.mend()
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(200)
    await writing.answer()
    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })
})
