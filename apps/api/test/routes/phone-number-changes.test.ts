import { assert, describe, it } from "@effect/vitest"
import { bob, CLIENT, NUMBERS, type Send, startService } from "../service.ts"

const planted = async () => {
  const service = await startService()
  const { body } = await service.send("POST", NUMBERS, {
    phone_numbers: [
      { label: "home", number: "541-555-0123" },
      { label: "work", number: "541-555-0987", extension: "5" },
    ],
  })
  const [first, second] = body.phone_numbers
  return { ...service, first, second, path: `${NUMBERS}/${first.id}` }
}
/** The path of a number under another client of the same account. */
const underAnother = async (send: Send, id: number) => {
  const { body } = await send("POST", "/v9/clients", { clients: [{ name: "Charles" }] })
  return `/v9/clients/${body.clients[0].id}/phone_numbers/${id}`
}

const primary = async (send: Send) => (await send("GET", `/v9/clients/${CLIENT}`)).body.primary_phone_number?.id ?? null

describe("GET /v9/clients/:client_id/phone_numbers/:id", () => {
  it("200 the bare phone number, with its ETag", async () => {
    const { send, first, path } = await planted()
    const { status, headers, body } = await send("GET", path)
    assert.deepEqual([status, headers.etag, body], [200, '"1"', first])
  })

  it.each(['"1"', 'W/"1"', "*", '"7", "1"'])("304 for If-None-Match: %s", async (tag) => {
    const { send, path } = await planted()
    const { status, headers, text } = await send("GET", path, undefined, { headers: { "if-none-match": tag } })
    assert.deepEqual([status, headers.etag, text, headers["content-type"]], [304, '"1"', "", undefined])
    assert.property(headers, "x-request-id")
  })

  it("200 for another If-None-Match", async () => {
    const { send, path } = await planted()
    assert.strictEqual((await send("GET", path, undefined, { headers: { "if-none-match": '"2"' } })).status, 200)
  })

  it.each(["0", "99", "-1", "1e3", "abc", "9007199254740993", "1".repeat(400)])("404 for number %s", async (id) => {
    const { send } = await planted()
    const { status, body } = await send("GET", `${NUMBERS}/${id}`)
    assert.strictEqual(status, 404)
    assert.deepEqual(body, { error: "Not Found", message: `Couldn't find PhoneNumber with ID=${id.slice(0, 64)}` })
  })

  it("404 of the client first: another account's, another client's, none", async () => {
    const { send, first } = await planted()
    const of = async (path: string, options = {}) => (await send("GET", path, undefined, options)).body.message
    assert.strictEqual(await of(`${NUMBERS}/${first.id}`, { by: bob }), `Couldn't find Client with ID=${CLIENT}`)
    assert.strictEqual(await of(`${NUMBERS}/abc`, { by: bob }), `Couldn't find Client with ID=${CLIENT}`)
    assert.strictEqual(await of(`/v9/clients/7/phone_numbers/${first.id}`), "Couldn't find Client with ID=7")
    assert.strictEqual(await of(await underAnother(send, first.id)), `Couldn't find PhoneNumber with ID=${first.id}`)
  })
})

describe("PUT /v9/clients/:client_id/phone_numbers/:id", () => {
  it("200 and nothing changed for the record as show answered it, with a library's own keys", async () => {
    const { send, first, path } = await planted()
    const sent = { ...first, server_message: "ok", status_code: 200, raw_number: "tampered", updated_at: "1999" }
    const { status, headers, body } = await send("PUT", path, sent)
    assert.deepEqual([status, headers.etag, body], [200, '"1"', first])
    assert.deepEqual((await send("PUT", path, {})).body, first)
  })

  it.each<[object, object]>([
    [{ label: "cell" }, { label: "cell" }],
    [{ label: null }, { label: null }],
    [{ extension: 7 }, { extension: "7" }],
    [{ number: "(541) 555-0555 x9" }, { number: "541-555-0555", raw_number: "5550555", extension: "9" }],
    [{ number: "+44 20 7946 0958" }, { number: "20-7946-0958", raw_number: "79460958", country_code: "44" }],
    [
      { number: "+44 20 7946 0958", country_code: "44" },
      { number: "20-7946-0958", country_code: "44", raw_number: "79460958" },
    ],
    [{ country_code: "+1" }, {}],
  ])("200 %o", async (change, expected) => {
    const { send, first, path } = await planted()
    const { status, body } = await send("PUT", path, change)
    assert.strictEqual(status, 200)
    assert.deepEqual({ ...body, updated_at: first.updated_at }, { ...first, ...expected })
    assert.deepEqual((await send("GET", path)).body, body)
  })

  it("200 moving the primary", async () => {
    const { send, first, second } = await planted()
    assert.strictEqual(await primary(send), first.id)
    await send("PUT", `${NUMBERS}/${second.id}`, { is_primary: true })
    assert.strictEqual(await primary(send), second.id)
    await send("PUT", `${NUMBERS}/${second.id}`, { is_primary: null })
    assert.strictEqual(await primary(send), second.id)
    await send("PUT", `${NUMBERS}/${second.id}`, { is_primary: false })
    assert.isNull(await primary(send))
  })

  it.each<[object, string, string]>([
    [{ number: null }, "/number", "blank"],
    [{ number: " " }, "/number", "blank"],
    [{ number: [] }, "/number", "wrong_type"],
    [{ number: "555-0123" }, "/number", "too_short"],
    [{ number: "+44 20 7946 0958", country_code: "1" }, "/number", "country_code_conflict"],
    [{ country_code: "298" }, "/number", "too_long"],
    [{ country_code: "999" }, "/country_code", "invalid_country_code"],
    [{ label: 5 }, "/label", "wrong_type"],
    [{ label: "x".repeat(21) }, "/label", "too_long"],
    [{ extension: "1a" }, "/extension", "invalid_extension"],
    [{ is_primary: "true" }, "/is_primary", "wrong_type"],
  ])("422 for %o", async (change, pointer, code) => {
    const { send, first, path } = await planted()
    const { status, body } = await send("PUT", path, change)
    assert.strictEqual(status, 422)
    assert.deepEqual(Object.keys(body), [
      "id",
      "url",
      "country_code",
      "raw_number",
      "number",
      "extension",
      "label",
      "updated_at",
      "error",
      "message",
      "errors",
      "problems",
    ])
    assert.deepInclude(body, {
      id: first.id,
      url: first.url,
      updated_at: first.updated_at,
      error: "Unprocessable Entity",
    })
    assert.deepEqual([body.problems[0].pointer, body.problems[0].code], [pointer, code])
    assert.deepEqual(body.errors[pointer.slice(1)], [body.problems[0].detail])
    assert.deepEqual((await send("GET", path)).body, first)
  })

  it("422 shows the rejected values", async () => {
    const { send, path } = await planted()
    const { body } = await send("PUT", path, { number: "555-0123", label: "desk" })
    assert.deepInclude(body, { number: "555-0123", raw_number: null, country_code: "1", label: "desk" })
  })

  it("412 when stale, before 422; 200 when not, or for any", async () => {
    const { send, path } = await planted()
    const put = (tag: string, change: object) => send("PUT", path, change, { headers: { "if-match": tag } })
    for (const tag of ['"2"', '"01"', 'W/"1"', "1", '"abc"', ""]) {
      const { status, body } = await put(tag, { number: null })
      assert.deepEqual([status, body.error], [412, "Precondition Failed"], tag)
    }
    const { status, headers } = await put('"7", "1"', { label: "cell" })
    assert.deepEqual([status, headers.etag], [200, '"2"'])
    assert.strictEqual((await put("*", { label: "work" })).status, 200)
  })

  it("400 for a body that is no object, 404 before 412", async () => {
    const { send, path } = await planted()
    assert.strictEqual((await send("PUT", path, "[]")).status, 400)
    assert.strictEqual((await send("PUT", `${NUMBERS}/99`, {}, { headers: { "if-match": '"9"' } })).status, 404)
  })

  it("404 for a number of another client, which stays as it is", async () => {
    const { send, first, path } = await planted()
    const { status, body } = await send("PUT", await underAnother(send, first.id), { label: "theirs" })
    assert.deepEqual(
      [status, body],
      [404, { error: "Not Found", message: `Couldn't find PhoneNumber with ID=${first.id}` }],
    )
    assert.deepEqual((await send("GET", path)).body, first)
  })

  it("one primary, however many move it at once", async () => {
    const { send, first, second, count } = await planted()
    const moves = Array.from({ length: 50 }, (_, index) =>
      send("PUT", `${NUMBERS}/${index % 2 === 0 ? first.id : second.id}`, { is_primary: true }),
    )
    assert.deepEqual([...new Set((await Promise.all(moves)).map(({ status }) => status))], [200])
    assert.strictEqual(count("phone_numbers WHERE is_primary = 1"), 1)
  })
})

describe("DELETE /v9/clients/:client_id/phone_numbers/:id", () => {
  it("200 the id, 404 twice, and the client is without a primary", async () => {
    const { send, first, path } = await planted()
    const { status, body } = await send("DELETE", path)
    assert.deepEqual([status, body], [200, { phone_numbers: [{ id: first.id }] }])
    assert.strictEqual((await send("DELETE", path)).status, 404)
    assert.strictEqual((await send("PUT", path, {})).status, 404)
    assert.isNull(await primary(send))
    assert.strictEqual((await send("GET", NUMBERS)).body.total_entries, 1)
  })

  it("412 when stale", async () => {
    const { send, path, count } = await planted()
    assert.strictEqual((await send("DELETE", path, undefined, { headers: { "if-match": '"9"' } })).status, 412)
    assert.strictEqual(count(), 2)
  })

  it("404 for a number of another client, which stays", async () => {
    const { send, first, path } = await planted()
    const { status, body } = await send("DELETE", await underAnother(send, first.id))
    assert.deepEqual([status, body.message], [404, `Couldn't find PhoneNumber with ID=${first.id}`])
    assert.deepEqual((await send("GET", path)).body, first)
  })

  it("never issues the id again", async () => {
    const { send, second } = await planted()
    await send("DELETE", `${NUMBERS}/${second.id}`)
    const { body } = await send("POST", NUMBERS, { phone_numbers: [{ number: "541-555-0123" }] })
    assert.isAbove(body.phone_numbers[0].id, second.id)
  })
})

describe("PUT /v9/clients/:client_id", () => {
  it("200 takes the name alone, and 200 changes nothing for the record as show answered it", async () => {
    const { send, count } = await planted()
    const { body: shown, headers } = await send("GET", `/v9/clients/${CLIENT}`)
    const same = await send("PUT", `/v9/clients/${CLIENT}`, shown)
    assert.deepEqual([same.status, same.headers.etag, same.body], [200, headers.etag, shown])
    const renamed = await send("PUT", `/v9/clients/${CLIENT}`, { name: " Charles ", phone_numbers: 5 })
    assert.deepEqual([renamed.status, renamed.body.name], [200, "Charles"])
    assert.notStrictEqual(renamed.headers.etag, headers.etag)
    assert.strictEqual(count(), 2)
  })

  it("412 when stale, of its numbers too; 200 when not, or for any", async () => {
    const { send, path } = await planted()
    const put = (tag: string, name: string) =>
      send("PUT", `/v9/clients/${CLIENT}`, { name }, { headers: { "if-match": tag } })
    const { headers } = await send("GET", `/v9/clients/${CLIENT}`)
    await send("PUT", path, { label: "cell" })
    for (const tag of [headers.etag!, 'W/"3"', '"abc"', ""]) {
      const { status, body } = await put(tag, "Stale")
      assert.deepEqual([status, body.error], [412, "Precondition Failed"], tag)
    }
    const { body, headers: now } = await send("GET", `/v9/clients/${CLIENT}`)
    assert.strictEqual(body.name, "Ada Lovelace")
    assert.strictEqual((await put(now.etag!, "Augusta")).status, 200)
    assert.strictEqual((await put("*", "Countess")).body.name, "Countess")
  })

  it("the ETag of a client changes with its numbers", async () => {
    const { send, path } = await planted()
    const etag = async () => (await send("GET", `/v9/clients/${CLIENT}`)).headers.etag
    const before = await etag()
    await send("PUT", path, { label: "cell" })
    assert.notStrictEqual(await etag(), before)
  })

  it.each<[object, string]>([
    [{ name: null }, "blank"],
    [{ name: " " }, "blank"],
    [{ name: 5 }, "wrong_type"],
    [{ name: "x".repeat(256) }, "too_long"],
  ])("422 for %o", async (change, code) => {
    const { send } = await planted()
    const { status, body } = await send("PUT", `/v9/clients/${CLIENT}`, change)
    assert.deepEqual([status, body.id, body.problems[0].pointer, body.problems[0].code], [422, CLIENT, "/name", code])
  })
})
