import { type AddressInfo, createServer } from "node:net"
import { assert, describe, it } from "vitest"
import { createPhonebookClient, PhonebookError } from "../src/index.ts"
import { CLIENT, collect, rejection, startService } from "./service.ts"

/** A `fetch` that answers this, and a client that asks once. */
const answering = (status: number, body: string, headers: Record<string, string> = {}) => ({
  fetch: async () => new Response(body, { status, headers }),
  maxRetries: 0,
})

/** A host and port of this machine where nobody listens any more. */
const closedPort = () =>
  new Promise<string>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(`127.0.0.1:${port}`))
    })
  })

describe("PhonebookError", () => {
  it("is an Error, told apart by its kind", async () => {
    const { phonebook, logged } = await startService()
    const error: unknown = await rejection(phonebook.phoneNumbers.get(CLIENT, 7))
    if (!(error instanceof PhonebookError)) throw new Error("the call succeeded")
    // The compiler knows what each kind has, and that nothing is left out.
    switch (error.kind) {
      case "unauthorized":
      case "signature":
      case "bad_request":
      case "precondition_failed":
      case "too_large":
      case "unexpected":
        return assert.fail(String(error.status))
      case "invalid":
        return assert.fail(String(error.itemErrors))
      case "idempotency_key_reused":
        return assert.fail(String(error.problems))
      case "unavailable":
        return assert.fail(String(error.retryAfter))
      case "timeout":
      case "network":
        // @ts-expect-error there was no answer
        return assert.fail(String(error.status))
      case "not_found":
        assert.instanceOf(error, Error)
        assert.strictEqual(String(error), "PhonebookError: 404: Couldn't find PhoneNumber with ID=7")
        assert.strictEqual(error.status, 404)
        assert.isTrue(logged.some((line) => line.includes(error.requestId!)))
        break
      default:
        error satisfies never
    }
  })
})

describe("kind", () => {
  it("unauthorized: an unknown token", async () => {
    const { clientWith } = await startService()
    const error = await rejection(clientWith({ token: "x".repeat(32) }).clients.list())
    assert.strictEqual(error.kind, "unauthorized")
    assert.match(error.message, /^401: The token is unknown or was revoked/u)
  })

  it("signature: not the token's secret", async () => {
    const { clientWith } = await startService()
    const error = await rejection(clientWith({ secret: "x".repeat(40) }).clients.list())
    assert.strictEqual(error.kind, "signature")
  })

  it("bad_request: a key that the service does not take", async () => {
    const { phonebook } = await startService()
    const options = { idempotencyKey: "k".repeat(256) }
    const error = await rejection(phonebook.clients.create({ name: "Grace" }, options))
    assert.strictEqual(error.kind, "bad_request")
    assert.strictEqual(error.message, "400: Idempotency-Key must be 1 to 255 printable characters")
  })

  it("not_found: a client, a phone number", async () => {
    const { phonebook } = await startService()
    const calls = [
      phonebook.clients.get(7),
      phonebook.clients.update(7, { name: "Ada" }),
      phonebook.phoneNumbers.list(7),
      phonebook.phoneNumbers.create(7, { number: "504-555-0123" }),
      phonebook.phoneNumbers.update(CLIENT, 7, { label: "home" }),
      phonebook.phoneNumbers.delete(CLIENT, 7),
      collect(phonebook.phoneNumbers.listAll(7)),
    ]
    for (const { kind } of await Promise.all(calls.map(rejection))) assert.strictEqual(kind, "not_found")
  })

  it("invalid: all that is wrong with what was to be created, item by item", async () => {
    const { phonebook } = await startService()
    const drafts = [{ number: "504-555-0123" }, { label: "x".repeat(21), number: "555-0123" }]
    const error = await rejection(phonebook.phoneNumbers.create(CLIENT, drafts))
    if (error.kind !== "invalid") throw error
    assert.strictEqual(error.message, "422: 1 of 2 phone numbers is invalid; nothing was saved.")
    assert.deepEqual(error.itemErrors, [
      {},
      { label: ["is too long (maximum is 20 characters)"], number: ["is too short: include the area code"] },
    ])
    assert.deepEqual(
      error.problems.map(({ pointer, code }) => [pointer, code]),
      [
        ["/phone_numbers/1/label", "too_long"],
        ["/phone_numbers/1/number", "too_short"],
      ],
    )
    assert.strictEqual((await phonebook.phoneNumbers.list(CLIENT)).total_entries, 0)
  })

  it("invalid: a client, and a phone number inside one", async () => {
    const { phonebook } = await startService()
    const drafts = [{ name: " " }, { name: "Grace", phone_numbers: [{ number: "1" }] }]
    const error = await rejection(phonebook.clients.create(drafts))
    if (error.kind !== "invalid") throw error
    assert.deepEqual(error.itemErrors, [{ name: ["can't be blank"] }, {}])
    assert.deepEqual(
      error.problems.map(({ pointer }) => pointer),
      ["/clients/0/name", "/clients/1/phone_numbers/0/number"],
    )
  })

  it("invalid: an update, a list that is none, a filter", async () => {
    const { phonebook } = await startService()
    const { id } = await phonebook.phoneNumbers.create(CLIENT, { number: "504-555-0123" })
    const update = await rejection(phonebook.phoneNumbers.update(CLIENT, id, { number: "5" }))
    if (update.kind !== "invalid") throw update
    assert.deepEqual(update.itemErrors, [{ number: ["is too short: include the area code"] }])
    const rename = await rejection(phonebook.clients.update(CLIENT, { name: "" }))
    if (rename.kind !== "invalid") throw rename
    assert.deepEqual(rename.itemErrors, [{ name: ["can't be blank"] }])
    const empty = await rejection(phonebook.phoneNumbers.create(CLIENT, []))
    if (empty.kind !== "invalid") throw empty
    assert.deepEqual([empty.itemErrors, empty.problems[0]?.pointer], [[], "/phone_numbers"])
    const filter = await rejection(phonebook.phoneNumbers.find("not a number"))
    if (filter.kind !== "invalid") throw filter
    assert.deepEqual([filter.itemErrors, filter.problems[0]?.parameter], [[], "number"])
  })

  it("idempotency_key_reused: one key, two requests", async () => {
    const { phonebook } = await startService()
    const options = { idempotencyKey: "order-7" }
    await phonebook.phoneNumbers.create(CLIENT, { number: "504-555-0123" }, options)
    const error = await rejection(phonebook.phoneNumbers.create(CLIENT, { number: "504-555-0199" }, options))
    if (error.kind !== "idempotency_key_reused") throw error
    assert.strictEqual(error.problems[0]?.header, "Idempotency-Key")
  })

  it("too_large: a body over the limit", async () => {
    const { phonebook } = await startService()
    const call = phonebook.phoneNumbers.create(CLIENT, { label: "x".repeat(2 ** 20), number: "504-555-0123" })
    assert.strictEqual((await rejection(call)).kind, "too_large")
  })

  it.each([408, 429, 502, 503, 504])("unavailable: %i, whoever says it", async (status) => {
    const { clientWith } = await startService()
    const error = await rejection(clientWith(answering(status, "<html>")).clients.list())
    if (error.kind !== "unavailable") throw error
    assert.strictEqual(error.message, `${status}: not the answer of a Phonebook`)
    assert.strictEqual(error.retryAfter, null)
  })

  it("unavailable: says when to try again, by seconds or by date", async () => {
    const { clientWith } = await startService()
    const retryAfter = async (value: string) => {
      const error = await rejection(clientWith(answering(503, "{}", { "retry-after": value })).clients.list())
      return error.kind === "unavailable" ? error.retryAfter : undefined
    }
    assert.strictEqual(await retryAfter("120"), 120)
    assert.strictEqual(await retryAfter("soon"), null)
    assert.strictEqual(await retryAfter("Wed, 21 Oct 2015 07:28:00 GMT"), 0)
    assert.closeTo((await retryAfter(new Date(Date.now() + 90_000).toUTCString()))!, 90, 5)
  })

  it("timeout: nobody answers", async () => {
    const fetch: typeof globalThis.fetch = (_, init) =>
      new Promise((_resolve, reject) => init!.signal!.addEventListener("abort", () => reject(init!.signal!.reason)))
    const { clientWith } = await startService({ fetch, timeoutMs: 1, maxRetries: 0 })
    const error = await rejection(clientWith({}).clients.list())
    assert.deepEqual([error.kind, error.message], ["timeout", "No answer within 1 ms"])
  })

  it("timeout: an answer that begins, and does not end", async () => {
    const fetch: typeof globalThis.fetch = async (_, init) => {
      const start = (body: ReadableStreamDefaultController<Uint8Array>) => {
        body.enqueue(new TextEncoder().encode('{"clients":'))
        init!.signal!.addEventListener("abort", () => body.error(init!.signal!.reason))
      }
      return new Response(new ReadableStream({ start }))
    }
    const { clientWith } = await startService({ fetch, timeoutMs: 1, maxRetries: 0 })
    assert.strictEqual((await rejection(clientWith({}).clients.list())).kind, "timeout")
  })

  it("network: nobody is there", async () => {
    const { clientWith } = await startService({ maxRetries: 0 })
    const host = await closedPort()
    const error = await rejection(clientWith({ baseUrl: `http://${host}` }).clients.list())
    assert.deepEqual([error.kind, error.message], ["network", `${host} cannot be reached`])
    assert.instanceOf(error.cause, Error)
  })

  it("unexpected: another address, a redirect, a fault, a success that is no JSON", async () => {
    const { url, clientWith } = await startService()
    const elsewhere = await rejection(clientWith({ baseUrl: `${url}/elsewhere/` }).clients.list())
    if (elsewhere.kind !== "unexpected") throw elsewhere
    assert.strictEqual(elsewhere.status, 404)
    assert.match(elsewhere.message, /^404: The endpoint you requested doesn't exist/u)
    for (const [status, body] of [
      [301, ""],
      [500, '{"error":"Error"}'],
      [200, "<html>"],
      [200, "null"],
    ] as const) {
      const error = await rejection(clientWith(answering(status, body)).clients.list())
      assert.deepInclude({ ...error }, { kind: "unexpected", status })
    }
  })
})

describe("what the caller did", () => {
  it("an abort rejects with the reason of its signal", async () => {
    const { phonebook } = await startService()
    const reason = new Error("changed my mind")
    assert.strictEqual(await rejection(phonebook.clients.list({}, { signal: AbortSignal.abort(reason) })), reason)
  })

  it("a header that cannot be sent is a TypeError, at once", async () => {
    const { phonebook } = await startService()
    const call = phonebook.clients.create({ name: "Ada" }, { idempotencyKey: "☎" })
    const error = await rejection(call)
    assert.instanceOf(error, TypeError)
    assert.notInstanceOf(error, PhonebookError)
  })

  it.each<[fault: string, options: object]>([
    ["no address", { baseUrl: "phonebook" }],
    ["an address of another protocol", { baseUrl: "ftp://phonebook.example.com" }],
    ["a name and password in the address", { baseUrl: "https://token:secret@phonebook.example.com" }],
    ["an empty token", { token: "" }],
    ["no token", { token: undefined }],
    ["an empty secret", { secret: "" }],
    ["a timeout of nothing", { timeoutMs: 0 }],
    ["a timeout of no number", { timeoutMs: Number.NaN }],
    ["a timeout without end", { timeoutMs: Infinity }],
    ["a timeout that no timer takes", { timeoutMs: 2 ** 31 }],
    ["a timeout of half a millisecond", { timeoutMs: 0.5 }],
  ])("%s is a TypeError before any call", (_fault, options) => {
    const good = { baseUrl: "https://phonebook.example.com", token: "t", secret: "s", timeoutMs: 1000 }
    assert.isObject(createPhonebookClient(good))
    assert.throws(() => createPhonebookClient({ ...good, ...options }), TypeError)
  })
})
