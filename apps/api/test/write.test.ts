import { assert, describe, it } from "@effect/vitest"
import { bob, CLIENT, NUMBERS, startService } from "./service.ts"

const body = { phone_numbers: [{ number: "541-555-0123" }] }
const under = (key: string) => ({ headers: { "idempotency-key": key } })

describe("Idempotency-Key", () => {
  it("201 the first answer again, and nothing done twice", async () => {
    const { send, count } = await startService()
    const first = await send("POST", NUMBERS, body, under("abc"))
    assert.deepEqual([first.status, first.headers["idempotency-replayed"]], [201, undefined])
    const again = await send("POST", NUMBERS, body, under('"abc"'))
    assert.deepEqual([again.status, again.headers["idempotency-replayed"], again.text], [201, "true", first.text])
    assert.strictEqual(count(), 1)
  })

  it("201 once for the same key at the same moment", async () => {
    const { send, count } = await startService()
    const answers = await Promise.all(Array.from({ length: 20 }, () => send("POST", NUMBERS, body, under("abc"))))
    assert.deepEqual([...new Set(answers.map(({ text }) => text))], [answers[0]!.text])
    assert.strictEqual(answers.filter(({ headers }) => headers["idempotency-replayed"] === undefined).length, 1)
    assert.strictEqual(count(), 1)
  })

  it("200 a replayed delete, and a replayed update after the record has gone", async () => {
    const { send } = await startService()
    const path = `${NUMBERS}/${(await send("POST", NUMBERS, body)).body.phone_numbers[0].id}`
    const put = await send("PUT", path, { label: "cell" }, under("put"))
    assert.strictEqual((await send("DELETE", path, undefined, under("delete"))).status, 200)
    assert.strictEqual((await send("DELETE", path, undefined, under("delete"))).status, 200)
    const again = await send("PUT", path, { label: "cell" }, under("put"))
    assert.deepEqual([again.status, again.text, again.headers.etag], [200, put.text, put.headers.etag])
    assert.strictEqual((await send("DELETE", path)).status, 404)
  })

  it("422 with another body, path or method", async () => {
    const { send, count } = await startService()
    await send("POST", NUMBERS, body, under("abc"))
    const others = [
      await send("POST", NUMBERS, { phone_numbers: [{ number: "541-555-0124" }] }, under("abc")),
      await send("POST", "/v9/clients", body, under("abc")),
      await send("PUT", `/v9/clients/${CLIENT}`, body, under("abc")),
    ]
    for (const { status, body: refusal } of others) {
      assert.strictEqual(status, 422)
      assert.deepEqual(refusal.problems, [
        { header: "Idempotency-Key", code: "idempotency_key_reused", detail: "was used for another request" },
      ])
    }
    assert.strictEqual(count(), 1)
  })

  it("404 and 412 before 422 for a key that came with another request", async () => {
    const { send, count } = await startService()
    const path = `${NUMBERS}/${(await send("POST", NUMBERS, body, under("abc"))).body.phone_numbers[0].id}`
    const stale = { headers: { "idempotency-key": "abc", "if-match": '"9"' } }
    assert.strictEqual((await send("POST", "/v9/clients/99/phone_numbers", body, under("abc"))).status, 404)
    assert.strictEqual((await send("DELETE", `${NUMBERS}/99`, undefined, under("abc"))).status, 404)
    assert.strictEqual((await send("DELETE", path, undefined, stale)).status, 412)
    assert.strictEqual((await send("DELETE", path, undefined, under("abc"))).status, 422)
    assert.strictEqual(count(), 1)
  })

  it("keeps no refusal, and no other credential's", async () => {
    const { send, count } = await startService()
    assert.strictEqual((await send("POST", NUMBERS, { phone_numbers: [{}] }, under("abc"))).status, 422)
    assert.strictEqual((await send("POST", NUMBERS, body, under("abc"))).status, 201)
    assert.strictEqual((await send("POST", NUMBERS, body, { ...under("abc"), by: bob })).status, 404)
    assert.strictEqual(count(), 1)
  })

  it.each(["", '""', "x".repeat(256), "x".repeat(10_000), "caf\u00e9", "a\tb"])("400 for the key %j", async (key) => {
    const { send, count } = await startService()
    const { status, body: refusal } = await send("POST", NUMBERS, body, under(key))
    assert.deepEqual([status, refusal.error, count()], [400, "Bad Request", 0])
  })

  it.each([
    ["POST", "/v9/clients/abc/phone_numbers"],
    ["PUT", "/v9/clients/abc"],
    ["PUT", "/v9/clients/abc/phone_numbers/1"],
    ["DELETE", "/v9/clients/abc/phone_numbers/1"],
  ])("400 before 404 of the client: %s %s", async (method, target) => {
    const { send } = await startService()
    assert.strictEqual((await send(method, target, body, under(""))).status, 400)
    assert.strictEqual((await send(method, target, body, under("abc"))).status, 404)
  })

  it("201 for a key of 255 characters", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("POST", NUMBERS, body, under("~".repeat(255)))).status, 201)
  })
})
