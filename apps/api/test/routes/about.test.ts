import { assert, describe, it } from "@effect/vitest"
import { startService } from "../service.ts"

const NO_SUCH_ROUTE =
  "The endpoint you requested doesn't exist. You may have mistyped the address or the resource may have moved."

describe("GET /", () => {
  it("200 answers name, version and links, without a credential", async () => {
    const { send } = await startService()
    const { status, headers, body } = await send("GET", "/", undefined, { by: null })
    assert.strictEqual(status, 200)
    assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
    assert.strictEqual(body.name, "phonebook")
    assert.match(body.version, /^\d+\.\d+\.\d+/u)
    assert.isObject(body.links)
  })
  it("405 for POST", async () => {
    const { send } = await startService()
    const { status, headers } = await send("POST", "/", undefined, { by: null })
    assert.strictEqual(status, 405)
    assert.strictEqual(headers.allow, "GET, HEAD")
  })
})

describe("GET /healthz", () => {
  it("200 without a credential", async () => {
    const { send } = await startService()
    const { status, body } = await send("GET", "/healthz", undefined, { by: null })
    assert.strictEqual(status, 200)
    assert.deepEqual(body, { status: "ok" })
  })
})

describe("an address without a route", () => {
  it.each(["/nope", "/v9x", "/V9/clients", "/clients/168019", "//v9/clients/168019"])(
    "404 for %s, without a credential",
    async (target) => {
      const { send } = await startService()
      const { status, body } = await send("GET", target, undefined, { by: null })
      assert.strictEqual(status, 404)
      assert.deepEqual(body, { error: NO_SUCH_ROUTE })
    },
  )
  it.each(["/v9", "/v9/", "/v9/nope", "/v9/clients/", "/v9/clients/1/phone_numbers/", "/v9//clients"])(
    "401 for %s without a credential, 404 with one",
    async (target) => {
      const { send } = await startService()
      assert.strictEqual((await send("GET", target, undefined, { by: null })).status, 401)
      const { status, body } = await send("GET", target)
      assert.strictEqual(status, 404)
      assert.deepEqual(body, { error: NO_SUCH_ROUTE })
    },
  )
})
