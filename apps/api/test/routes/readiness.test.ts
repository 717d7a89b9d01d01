import { assert, describe, it } from "@effect/vitest"
import { Unavailable } from "@phonebook/domain"
import { Effect } from "effect"
import { ada, basic, NUMBERS, startService } from "../service.ts"

describe("GET /readyz", () => {
  it("200 without a credential, and writes nothing that anyone sees", async () => {
    const { send, count } = await startService()
    const { status, body } = await send("GET", "/readyz", undefined, { by: null })
    assert.deepEqual([status, body, count()], [200, { status: "ready" }, 0])
  })

  it("503 with Retry-After while draining", async () => {
    const { send } = await startService({ draining: () => true })
    const { status, headers } = await send("GET", "/readyz", undefined, { by: null })
    assert.deepEqual([status, headers["retry-after"]], [503, "1"])
    assert.strictEqual((await send("GET", "/healthz", undefined, { by: null })).status, 200)
  })

  it("503 when the store takes no writes, and the log says why", async () => {
    const ready = Effect.fail(new Unavailable({ reason: "database or disk is full" }))
    const { logged, send } = await startService({ unitOfWork: (store) => ({ ...store, ready }) })
    const { status, body } = await send("GET", "/readyz", undefined, { by: null })
    assert.deepEqual([status, body.error], [503, "Service Unavailable"])
    assert.include(body.message, "database or disk is full")
    assert.isTrue(logged.some((line) => line.includes('"reason":"database or disk is full"')))
  })
})

describe("GET /metrics", () => {
  it("401 from elsewhere without a credential", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("GET", "/metrics", undefined, { by: null })).status, 401)
  })

  it("200 in Prometheus' format, by route and status, without a number in it", async () => {
    const { app, send } = await startService()
    await send("POST", NUMBERS, { phone_numbers: [{ number: "541-555-0123" }] })
    await send("GET", "/v9/nowhere")
    const response = await app.request("/metrics", { headers: basic(ada) })
    assert.strictEqual(response.status, 200)
    assert.match(response.headers.get("content-type") ?? "", /^text\/plain; version=0\.0\.4/u)
    const text = await response.text()
    const route = 'route="/v9/clients/:client_id/phone_numbers"'
    assert.include(text, `phonebook_http_requests_total{method="POST",${route},status="201"} 1`)
    assert.include(text, 'phonebook_http_requests_total{method="GET",route="*",status="404"} 1')
    assert.include(text, `phonebook_http_request_duration_seconds_count{method="POST",${route}} 1`)
    // Longer than what a time in it may hold by chance.
    for (const digits of ["5415550123", "541-555", "5550123"]) assert.notInclude(text, digits)
  })
})
