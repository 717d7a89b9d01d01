import { describe, expect, it } from "vitest"
import { commandsOn, startService } from "./service.ts"

describe("the operator's commands beside a server under load", () => {
  it("find their turn to write, are obeyed by it, and cost no write that was acknowledged", async () => {
    const { check, file, load, send, stop } = await startService()
    const command = commandsOn(file)
    const made = await send("POST", "/v9/clients", {
      clients: [{ name: "Ada", phone_numbers: [{ number: "5045550123" }] }],
    })
    const [{ id }] = made.body.clients
    const writing = load(64)
    await writing.answer()

    const { token, secret } = await command("credentials create")
    const authorization = `Basic ${Buffer.from(`${token}:${secret}`).toString("base64")}`
    const asNewcomer = () => send("GET", "/v9/clients", undefined, { authorization })
    expect((await asNewcomer()).status).toBe(200)
    await command(`credentials revoke ${token}`)
    while ((await asNewcomer()).status === 200);

    await command(`clients erase ${id} --yes`)
    expect((await send("GET", `/v9/clients/${id}`)).status).toBe(404)
    await command(`backup ${file}.backup`)
    expect((await command("doctor")).findings).toEqual([])

    expect(writing.stop()).toBe(0)
    await writing.journal
    await stop()
    await check(writing)
  })
})
