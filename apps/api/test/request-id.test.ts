import { assert, describe, it } from "@effect/vitest"
import { CLIENT, startService } from "./service.ts"

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

describe("X-Request-Id", () => {
  it.each(["a", "Az0._-", "x".repeat(128)])("is taken from the caller: %s", async (id) => {
    const { logged, send } = await startService()
    const { headers } = await send("GET", "/", undefined, { headers: { "x-request-id": id } })
    assert.strictEqual(headers["x-request-id"], id)
    assert.strictEqual(JSON.parse(logged[0]!).request_id, id)
  })
  it.each(["", "x".repeat(129), "a b", "a,b", "é", '"}'])("is made new in place of %j", async (id) => {
    const { send } = await startService()
    const { headers } = await send("GET", "/", undefined, { headers: { "x-request-id": id } })
    assert.match(headers["x-request-id"]!, UUID)
  })
  it.each<[string, string, string, unknown]>([
    ["200", "GET", `/v9/clients/${CLIENT}`, undefined],
    ["404", "GET", "/nope", undefined],
    ["405", "DELETE", "/v9/clients", undefined],
    ["413", "POST", "/v9/clients", "x".repeat(2 ** 20 + 1)],
    ["422", "POST", "/v9/clients", {}],
  ])("is on a %s", async (status, method, target, body) => {
    const { send } = await startService()
    const answer = await send(method, target, body)
    assert.strictEqual(`${answer.status}`, status)
    assert.match(answer.headers["x-request-id"]!, UUID)
  })
  it("differs from request to request", async () => {
    const { send } = await startService()
    const [first, second] = [await send("GET", "/"), await send("GET", "/")]
    assert.notStrictEqual(first.headers["x-request-id"], second.headers["x-request-id"])
  })
})
