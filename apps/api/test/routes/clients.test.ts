import { assert, describe, it } from "@effect/vitest"
import { ada, bob, CLIENT, type Send, startService } from "../service.ts"

const number = "504-555-0123"
const many = (length: number) => Array.from({ length }, () => ({ number }))

const createOne = async (client: object) => {
  const service = await startService()
  const { status, body, text } = await service.send("POST", "/v9/clients", { clients: [client] })
  assert.strictEqual(status, 201, text)
  return { ...service, client: body.clients[0] }
}

const refuse = async (body: unknown) => {
  const { count, send } = await startService()
  const answer = await send("POST", "/v9/clients", body)
  assert.strictEqual(answer.status, 422, answer.text)
  assert.strictEqual(answer.body.error, "Unprocessable Entity")
  assert.strictEqual(count(), 0)
  assert.strictEqual(count("clients"), 1)
  return answer.body
}

const create = async (send: Send, phone_numbers: ReadonlyArray<object>) => {
  const { status } = await send("POST", `/v9/clients/${CLIENT}/phone_numbers`, { phone_numbers })
  assert.strictEqual(status, 201)
}

describe("POST /v9/clients", () => {
  describe("201", () => {
    it("201 answers the client in an envelope, its keys in their order", async () => {
      const { send } = await startService()
      const { status, headers, body, text } = await send("POST", "/v9/clients", {
        clients: [{ name: " Grace Hopper ", phone_numbers: [{ label: "home", number }] }],
      })
      assert.strictEqual(status, 201)
      assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
      const [{ id, updated_at, phone_numbers }] = body.clients
      assert.match(updated_at, /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u)
      const phoneNumber =
        `{"id":${phone_numbers[0].id},"url":"/clients/${id}/phone_numbers/${phone_numbers[0].id}","country_code":"1",` +
        `"raw_number":"5550123","number":"504-555-0123","extension":null,"label":"home","updated_at":"${updated_at}"}`
      assert.strictEqual(
        text,
        `{"current_page":1,"per_page":100,"total_entries":1,"clients":[{"id":${id},"url":"/clients/${id}",` +
          `"name":"Grace Hopper","primary_phone_number":${phoneNumber},"phone_numbers":[${phoneNumber}],"updated_at":"${updated_at}"}]}`,
      )
    })

    it.each<[string, object]>([
      ["absent", {}],
      ["null", { phone_numbers: null }],
      ["empty", { phone_numbers: [] }],
    ])("201 makes a client without numbers when they are %s", async (_, rest) => {
      const { client } = await createOne({ name: "Grace", ...rest })
      assert.isNull(client.primary_phone_number)
      assert.deepEqual(client.phone_numbers, [])
    })

    it("201 applies the rules of the primary to each client alone", async () => {
      const { send } = await startService()
      const { body } = await send("POST", "/v9/clients", {
        clients: [
          {
            name: "a",
            phone_numbers: [
              { label: "a0", number, is_primary: false },
              { label: "a1", number },
            ],
          },
          {
            name: "b",
            phone_numbers: [
              { label: "b0", number },
              { label: "b1", number, is_primary: true },
            ],
          },
          { name: "c", phone_numbers: [{ label: "c0", number, is_primary: false }] },
        ],
      })
      assert.deepEqual(
        body.clients.map(
          (client: { primary_phone_number: { label: string } | null }) => client.primary_phone_number?.label,
        ),
        ["a1", "b1", undefined],
      )
    })

    it("201 takes a name of 255 code points, and ignores keys it does not know", async () => {
      const name = "😀".repeat(255)
      const { client } = await createOne({ name, id: 1, url: "/x", primary_phone_number: { id: 1 }, updated_at: "x" })
      assert.deepInclude(client, { name, url: `/clients/${client.id}`, primary_phone_number: null })
      assert.notStrictEqual(client.id, 1)
    })

    it("201 creates 100 clients with 100 numbers in all, in request order", async () => {
      const { count, send } = await startService()
      const clients = Array.from({ length: 100 }, (_, index) => ({ name: `${index}`, phone_numbers: [{ number }] }))
      const { status, body } = await send("POST", "/v9/clients", { clients })
      assert.strictEqual(status, 201)
      assert.strictEqual(body.total_entries, 100)
      assert.deepEqual(
        body.clients.map((client: { name: string }) => client.name),
        clients.map(({ name }) => name),
      )
      assert.strictEqual(count(), 100)
    })

    it("201 belongs to the account that made it", async () => {
      const { client, send } = await createOne({ name: "Grace" })
      assert.strictEqual((await send("GET", `/v9/clients/${client.id}`, undefined, { by: ada })).status, 200)
      assert.strictEqual((await send("GET", `/v9/clients/${client.id}`, undefined, { by: bob })).status, 404)
    })
  })

  it("400 for a body that is no object", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("POST", "/v9/clients", [])).status, 400)
  })

  it("401 for nobody", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("POST", "/v9/clients", { clients: [] }, { by: null })).status, 401)
  })

  it.each(["PUT", "DELETE"])("405 for %s", async (method) => {
    const { send } = await startService()
    const { status, headers } = await send(method, "/v9/clients")
    assert.strictEqual(status, 405)
    assert.strictEqual(headers.allow, "GET, HEAD, POST")
  })

  describe("422", () => {
    it.each<[string, unknown, string, string]>([
      ["missing", {}, "blank", "can't be blank"],
      ["null", { clients: null }, "blank", "can't be blank"],
      ["no array", { clients: { name: "x" } }, "wrong_type", "is of the wrong type"],
      ["empty", { clients: [] }, "empty", "can't be empty"],
      [
        "longer than 100",
        { clients: Array.from({ length: 101 }, () => ({ name: "x" })) },
        "too_many",
        "has too many items (maximum is 100 in a request)",
      ],
    ])("422 without items for clients that is %s", async (_, sent, code, detail) => {
      const { error, message, ...rest } = await refuse(sent)
      assert.isString(error)
      assert.match(message, /nothing was saved/u)
      assert.deepEqual(rest, { problems: [{ pointer: "/clients", code, detail }] })
    })

    it.each<[string, unknown, string, string | null]>([
      ["absent", undefined, "blank", null],
      ["null", null, "blank", null],
      ["blank", " \t", "blank", null],
      ["an integer", 5, "wrong_type", null],
      ["an object", { toString: "x" }, "wrong_type", null],
      ["of 256 code points", "x".repeat(256), "too_long", "x".repeat(64)],
      ["with a NUL", "a\0b", "invalid_characters", "a\0b"],
      ["with a lone surrogate", "\uDC00", "invalid_characters", "\uDC00"],
    ])("422 for a name that is %s", async (_, name, code, shown) => {
      const body = await refuse({ clients: [{ name: "good" }, { name }] })
      assert.deepInclude(body.problems[0], { pointer: "/clients/1/name", code })
      assert.lengthOf(body.problems, 1)
      assert.deepEqual(body.clients[1], {
        id: null,
        url: null,
        name: shown,
        primary_phone_number: null,
        phone_numbers: [],
        updated_at: null,
        errors: { name: [body.problems[0].detail] },
      })
      assert.notProperty(body.clients[0], "errors")
      assert.strictEqual(body.message, "1 of 2 clients is invalid; nothing was saved.")
    })

    it("422 points at the nested number, with its errors on the nested record: all or nothing", async () => {
      const body = await refuse({
        clients: [{ name: "good", phone_numbers: [{ number }, { label: "work", number: "555-0123" }] }],
      })
      const detail = "is too short: include the area code"
      assert.deepEqual(body.problems, [{ pointer: "/clients/0/phone_numbers/1/number", code: "too_short", detail }])
      const [client] = body.clients
      assert.notProperty(client, "errors")
      assert.deepInclude(client.phone_numbers[0], { id: null, number, raw_number: "5550123" })
      assert.deepInclude(client.phone_numbers[1], { label: "work", number: "555-0123", errors: { number: [detail] } })
    })

    it.each([5, "x", {}])("422 for phone_numbers that are %j", async (phone_numbers) => {
      const body = await refuse({ clients: [{ name: "good", phone_numbers }] })
      assert.deepEqual(body.problems, [
        { pointer: "/clients/0/phone_numbers", code: "wrong_type", detail: "is of the wrong type" },
      ])
      assert.deepEqual(body.clients[0].errors, { phone_numbers: ["is of the wrong type"] })
    })

    it.each(
      ["null", "5", "[]", '"x"', `${"[".repeat(200_000)}${"]".repeat(200_000)}`].map((item) => ({
        item,
        json: item.slice(0, 20),
      })),
    )("422 for the client $json", async ({ item }) => {
      const body = await refuse(`{"clients":[${item}]}`)
      assert.deepEqual(body.problems, [{ pointer: "/clients/0", code: "wrong_type", detail: "is of the wrong type" }])
      assert.deepEqual(body.clients[0].errors, { base: ["is of the wrong type"] })
    })

    it("422 for 101 numbers in all, on the client that passes the limit", async () => {
      const body = await refuse({
        clients: [
          { name: "a", phone_numbers: many(60) },
          { name: "b", phone_numbers: many(41) },
        ],
      })
      assert.lengthOf(body.problems, 1)
      assert.deepInclude(body.problems[0], { pointer: "/clients/1/phone_numbers", code: "too_many" })
    })

    it("422 for 101 numbers of one client", async () => {
      const body = await refuse({ clients: [{ name: "a", phone_numbers: many(101) }] })
      const detail = "has too many items (maximum is 100 in a request)"
      assert.deepEqual(body.problems, [{ pointer: "/clients/0/phone_numbers", code: "too_many", detail }])
      assert.deepEqual(body.clients[0].errors, { phone_numbers: [detail] })
    })

    it("422 names two primaries of one client", async () => {
      const phone_numbers = [true, true].map((is_primary) => ({ number, is_primary }))
      const body = await refuse({ clients: [{ name: "a", phone_numbers }] })
      assert.deepEqual(
        body.problems.map((problem: { pointer: string }) => problem.pointer),
        ["/clients/0/phone_numbers/0/is_primary", "/clients/0/phone_numbers/1/is_primary"],
      )
    })
  })
})

describe("GET /v9/clients/:client_id", () => {
  it("200 answers the bare client, its keys in their order", async () => {
    const { send } = await startService()
    const { status, headers, text } = await send("GET", `/v9/clients/${CLIENT}`)
    assert.strictEqual(status, 200)
    assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
    assert.strictEqual(
      text,
      '{"id":168019,"url":"/clients/168019","name":"Ada Lovelace","primary_phone_number":null,"phone_numbers":[],"updated_at":"2017-07-14T02:40:00Z"}',
    )
  })

  it("200 shows the first 100 numbers by id, and a primary beyond them", async () => {
    const { send } = await startService()
    const items = Array.from({ length: 100 }, (_, index) => ({ label: `${index}`, number, is_primary: false }))
    await create(send, items)
    await create(send, [{ label: "primary", number, is_primary: true }])
    const { body } = await send("GET", `/v9/clients/${CLIENT}`)
    assert.deepEqual(
      body.phone_numbers.map((phoneNumber: { label: string }) => phoneNumber.label),
      items.map(({ label }) => label),
    )
    assert.strictEqual(body.primary_phone_number.label, "primary")
  })

  it("200 keeps the client's own updated_at when its numbers change", async () => {
    const { send } = await startService()
    await create(send, [{ number }])
    const { body } = await send("GET", `/v9/clients/${CLIENT}`)
    assert.strictEqual(body.updated_at, "2017-07-14T02:40:00Z")
  })

  it("200 ignores a query it has no use for", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("GET", `/v9/clients/${CLIENT}?b=2&a=1`)).status, 200)
  })

  it.each(['"1"', 'W/"1"', "*", '"7", "1"'])("304 for If-None-Match: %s", async (tag) => {
    const { send } = await startService()
    const headers = { "if-none-match": tag }
    const answer = await send("GET", `/v9/clients/${CLIENT}`, undefined, { headers })
    assert.deepEqual([answer.status, answer.headers.etag, answer.text], [304, '"1"', ""])
    await create(send, [{ number }])
    const changed = await send("GET", `/v9/clients/${CLIENT}`, undefined, { headers: { "if-none-match": '"1"' } })
    assert.deepEqual([changed.status, changed.headers.etag], [200, '"2"'])
  })

  it("200 for HEAD, without a body", async () => {
    const { send } = await startService()
    const { status, text } = await send("HEAD", `/v9/clients/${CLIENT}`)
    assert.strictEqual(status, 200)
    assert.strictEqual(text, "")
  })

  it("401 for nobody", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("GET", `/v9/clients/${CLIENT}`, undefined, { by: null })).status, 401)
  })

  it.each(["1", "-1", "1e3", "0168019", `${2 ** 53}`, "9".repeat(400), "null"])(
    "404 for the client %.20s",
    async (id) => {
      const { send } = await startService()
      const { status, body } = await send("GET", `/v9/clients/${id}`)
      assert.strictEqual(status, 404)
      assert.deepEqual(body, { error: "Not Found", message: `Couldn't find Client with ID=${id.slice(0, 64)}` })
    },
  )

  it("404 for another account's client", async () => {
    const { send } = await startService()
    const { status, body } = await send("GET", `/v9/clients/${CLIENT}`, undefined, { by: bob })
    assert.strictEqual(status, 404)
    assert.deepEqual(body, { error: "Not Found", message: "Couldn't find Client with ID=168019" })
  })

  it.each(["POST", "DELETE", "PATCH"])("405 for %s", async (method) => {
    const { send } = await startService()
    const { status, headers } = await send(method, `/v9/clients/${CLIENT}`)
    assert.strictEqual(status, 405)
    assert.strictEqual(headers.allow, "GET, HEAD, PUT")
  })
})
