import { makeMetrics } from "../src/metrics.ts"
import { assert, describe, it } from "@effect/vitest"
import { makeLog } from "../src/log.ts"
import { makeApp } from "../src/app.ts"
import { Context } from "effect"
import { CLIENT, NUMBERS, startService } from "./service.ts"

describe("the log", () => {
  it.each<[string, string, unknown, string, number]>([
    ["GET", "/?a=1", undefined, "/", 200],
    ["GET", "/healthz", undefined, "/healthz", 200],
    ["GET", "/secret-path", undefined, "*", 404],
    ["GET", "/v9/secret-path", undefined, "*", 404],
    ["GET", `/v9/clients/${CLIENT}?name=secret`, undefined, "/v9/clients/:client_id", 200],
    ["POST", NUMBERS, {}, "/v9/clients/:client_id/phone_numbers", 422],
    ["PUT", NUMBERS, {}, "/v9/clients/:client_id/phone_numbers", 405],
    ["POST", "/v9/clients", "{", "/v9/clients", 400],
  ])("has one line for %s %s, with the route's pattern", async (method, target, body, route, status) => {
    const { accountId, logged, send } = await startService()
    const { headers } = await send(method, target, body)
    assert.lengthOf(logged, 1)
    assert.match(logged[0]!, /^\{.*\}\n$/u)
    const { time, duration_ms, ...line } = JSON.parse(logged[0]!)
    assert.strictEqual(new Date(time).toISOString(), time)
    assert.isAtLeast(duration_ms, 0)
    assert.deepEqual(line, {
      level: "info",
      message: "request",
      request_id: headers["x-request-id"],
      method,
      route,
      status,
      ...(target.startsWith("/v9") ? { account_id: accountId } : {}),
    })
  })

  it("has the pattern of a route that was refused too, and no account", async () => {
    const { logged, send } = await startService()
    await send("POST", NUMBERS, {}, { by: null })
    const line = JSON.parse(logged[0]!)
    assert.deepInclude(line, { status: 401, route: "/v9/clients/:client_id/phone_numbers" })
    assert.notProperty(line, "account_id")
  })

  it("500 where even logging fails, and the fault is told", async () => {
    const logged: Array<string> = []
    const log = makeLog("info", (line) => logged.push(line))
    const app = makeApp({
      // No step gets as far as to need it.
      metrics: makeMetrics(),
      draining: () => false,
      context: Context.empty() as Parameters<typeof makeApp>[0]["context"],
      log: {
        ...log,
        info: () => {
          throw new Error("no space left")
        },
      },
      defaultCountryCode: "1",
      basicAuth: true,
      hosts: [],
    })
    const response = await app.request("/")
    assert.strictEqual(response.status, 500)
    assert.strictEqual(await response.text(), '{"error":"Error"}')
    assert.include(JSON.parse(logged[0]!).cause, "no space left")
  })
})
