import { assert, describe, it } from "vitest"
import type { PhonebookOptions } from "../src/index.ts"
import { wait } from "../src/retry.ts"
import { CLIENT, rejection, startService } from "./service.ts"

type Try = (send: () => Promise<Response>, signal: AbortSignal) => Promise<Response>

const lost: Try = async () => {
  throw new TypeError("fetch failed")
}
/** The service does the work, and the answer is lost. */
const unheard: Try = async (send) => {
  await (await send()).text()
  throw new TypeError("terminated")
}
/** Nobody answers before the try is given up. */
const silence: Try = (_send, signal) =>
  new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)))
const answers =
  (status: number, headers: Record<string, string> = {}, body = "{}"): Try =>
  async () =>
    new Response(body, { status, headers })

/** A service behind a network that does this to the first tries (nothing where undefined), then sends; and what was tried and waited. */
const behind = async (tries: ReadonlyArray<Try | undefined>, options: Partial<PhonebookOptions> = {}) => {
  const keys: Array<string | null> = []
  const delays: Array<number> = []
  const service = await startService({
    fetch: (input, init) => {
      const happens = tries[keys.length]
      keys.push(new Headers(init?.headers).get("idempotency-key"))
      const send = () => fetch(input, init)
      return happens === undefined ? send() : happens(send, init!.signal!)
    },
    sleep: async (milliseconds) => void delays.push(milliseconds),
    random: () => 0.5,
    ...options,
  })
  const total = async () => (await service.clientWith({ fetch }).phoneNumbers.list(CLIENT)).total_entries
  return { ...service, keys, delays, total }
}

const draft = { number: "504-555-0123" }

describe("a call that fails and may succeed", () => {
  it("is sent again, after longer and longer waits with jitter", async () => {
    const { phonebook, delays } = await behind([lost, lost, lost, lost, lost, lost], { maxRetries: 6 })
    assert.strictEqual((await phonebook.clients.list()).total_entries, 1)
    assert.deepEqual(delays, [250, 500, 1000, 2000, 4000, 4000])
  })

  it.each([408, 429, 502, 503, 504])("is sent again after a %i", async (status) => {
    const { phonebook, delays, total } = await behind([answers(status)])
    await phonebook.phoneNumbers.create(CLIENT, draft)
    assert.lengthOf(delays, 1)
    assert.strictEqual(await total(), 1)
  })

  it("is sent again after a timeout, under the same key, with as much time as before", async () => {
    const created = answers(201, {}, '{"phone_numbers":[{"id":7}]}')
    const { phonebook, keys, delays } = await behind([silence, silence, created], { timeoutMs: 1 })
    assert.strictEqual((await phonebook.phoneNumbers.create(CLIENT, draft)).id, 7)
    assert.deepEqual(keys, [keys[0]!, keys[0]!, keys[0]!])
    assert.lengthOf(delays, 2)
  })

  it("waits as long as Retry-After asks, and a little more", async () => {
    const { phonebook, delays } = await behind([answers(503, { "retry-after": "7" })])
    await phonebook.clients.list()
    assert.deepEqual(delays, [7250])
  })

  it("is given up where Retry-After asks for more than a minute", async () => {
    const { phonebook, delays } = await behind([answers(503, { "retry-after": "61" })])
    assert.strictEqual((await rejection(phonebook.clients.list())).kind, "unavailable")
    assert.deepEqual(delays, [])
  })

  it("is given up after two retries", async () => {
    const { phonebook, keys } = await behind([lost, lost, lost])
    assert.strictEqual((await rejection(phonebook.clients.list())).kind, "network")
    assert.lengthOf(keys, 3)
  })

  it("is given up at once where no retry is wanted", async () => {
    const { phonebook, keys } = await behind([answers(503)], { maxRetries: 0 })
    assert.strictEqual((await rejection(phonebook.clients.list())).kind, "unavailable")
    assert.lengthOf(keys, 1)
  })

  it.each([400, 401, 404, 412, 413, 422, 500])("is not sent again after a %i", async (status) => {
    const { phonebook, keys } = await behind([answers(status)])
    await rejection(phonebook.clients.list())
    assert.lengthOf(keys, 1)
  })
})

describe("a write whose answer was lost", () => {
  it("creates once, under one key made for the call", async () => {
    const { phonebook, keys, total } = await behind([unheard, unheard])
    const created = await phonebook.phoneNumbers.create(CLIENT, draft)
    assert.strictEqual(await total(), 1)
    assert.strictEqual((await phonebook.phoneNumbers.get(CLIENT, created.id)).number, "504-555-0123")
    assert.match(keys[0]!, /^[\da-f-]{36}$/u)
    assert.deepEqual(keys.slice(0, 4), [keys[0]!, keys[0]!, keys[0]!, null])
  })

  it("gives each call its own key", async () => {
    const { phonebook, keys, total } = await behind([])
    await phonebook.phoneNumbers.create(CLIENT, draft)
    await phonebook.phoneNumbers.create(CLIENT, draft)
    assert.notStrictEqual(keys[0], keys[1])
    assert.strictEqual(await total(), 2)
  })

  it("answers the first result to the caller's own key, from another client too", async () => {
    const { phonebook, clientWith, total } = await behind([])
    const options = { idempotencyKey: "order-7" }
    const first = await phonebook.phoneNumbers.create(CLIENT, draft, options)
    assert.deepEqual(await clientWith({}).phoneNumbers.create(CLIENT, draft, options), first)
    assert.strictEqual(await total(), 1)
  })

  it("creates a client once", async () => {
    const { phonebook } = await behind([unheard])
    await phonebook.clients.create({ name: "Grace" })
    assert.strictEqual((await phonebook.clients.list()).total_entries, 2)
  })

  it("updates once, though the version it was based on is gone by then", async () => {
    const { phonebook, clientWith } = await behind([undefined, undefined, unheard])
    const { id } = await phonebook.phoneNumbers.create(CLIENT, draft)
    const { etag } = await phonebook.phoneNumbers.get(CLIENT, id)
    const updated = await phonebook.phoneNumbers.update(CLIENT, id, { label: "home" }, { ifMatch: etag })
    assert.deepEqual(await clientWith({ fetch }).phoneNumbers.get(CLIENT, id), updated)
  })

  it("deletes once, and is not told that nothing is there", async () => {
    const { phonebook, total } = await behind([undefined, unheard])
    const { id } = await phonebook.phoneNumbers.create(CLIENT, draft)
    await phonebook.phoneNumbers.delete(CLIENT, id)
    assert.strictEqual(await total(), 0)
  })
})

describe("an abort", () => {
  it("ends a call that waits for its next try", async () => {
    const controller = new AbortController()
    const reason = new Error("changed my mind")
    const { phonebook, keys } = await behind([lost, lost], {
      sleep: (milliseconds, signal) => {
        queueMicrotask(() => controller.abort(reason))
        return wait(milliseconds, signal)
      },
    })
    assert.strictEqual(await rejection(phonebook.clients.list({}, { signal: controller.signal })), reason)
    assert.lengthOf(keys, 1)
  })

  it("ends a call that waits for its answer", async () => {
    const controller = new AbortController()
    const { phonebook, keys } = await behind([
      (send) => {
        queueMicrotask(() => controller.abort())
        return send()
      },
    ])
    const error: Error = await rejection(phonebook.clients.list({}, { signal: controller.signal }))
    assert.strictEqual(error.name, "AbortError")
    assert.lengthOf(keys, 1)
  })
})

describe("wait", () => {
  it("ends by itself, or at once where the signal has aborted before", async () => {
    await wait(0, undefined)
    await wait(0, new AbortController().signal)
    const reason = new Error("too late")
    assert.strictEqual(await rejection(wait(60_000, AbortSignal.abort(reason))), reason)
  })
})
