import { assert, describe, it } from "@effect/vitest"
import { CLIENT, startService } from "./service.ts"

describe("an answer", () => {
  it.each<[number, string, string, unknown]>([
    [200, "GET", `/v9/clients/${CLIENT}`, undefined],
    [201, "POST", "/v9/clients", { clients: [{ name: "Amy" }] }],
    [404, "GET", "/v9/clients/1", undefined],
    [422, "POST", "/v9/clients", {}],
    [405, "DELETE", "/v9/clients", undefined],
  ])("of %i is its caller's alone: no cache may show it to another", async (status, method, target, body) => {
    const { send } = await startService()
    const answer = await send(method, target, body)
    assert.strictEqual(answer.status, status)
    assert.strictEqual(answer.headers["cache-control"], "private, no-cache")
  })
})
