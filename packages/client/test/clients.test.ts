import { assert, describe, it } from "vitest"
import { createPhonebookClient } from "../src/index.ts"
import { CLIENT, collect, rejection, startService } from "./service.ts"

describe("clients", () => {
  it("creates one, with phone numbers", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.clients.create({ name: "Grace", phone_numbers: [{ number: "504-555-0123" }] })
    assert.strictEqual(created.name, "Grace")
    assert.deepEqual(created.primary_phone_number, created.phone_numbers[0])
    const { etag, ...read } = await phonebook.clients.get(created.id)
    assert.deepEqual(read, created)
    assert.match(etag, /^"\d+"$/u)
  })

  it("creates many, lists a page and iterates over all", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.clients.create(["a", "b", "c", "d", "e"].map((name) => ({ name })))
    const page = await phonebook.clients.list({ page: 2, per_page: 2 })
    assert.deepEqual(page, { current_page: 2, per_page: 2, total_entries: 6, clients: created.slice(1, 3) })
    const all = await collect(phonebook.clients.listAll({ per_page: 2 }))
    assert.deepEqual(all, [await phonebook.clients.list().then(({ clients }) => clients[0]!), ...created])
  })

  it("updates one, on the version that was read", async () => {
    const { phonebook } = await startService()
    const { etag } = await phonebook.clients.get(CLIENT)
    const updated = await phonebook.clients.update(CLIENT, { name: "Ada King" }, { ifMatch: etag })
    assert.strictEqual(updated.name, "Ada King")
    assert.strictEqual((await phonebook.clients.get(CLIENT)).etag, updated.etag)
    const error = await rejection(phonebook.clients.update(CLIENT, { name: "Ada" }, { ifMatch: etag }))
    assert.strictEqual(error.kind, "precondition_failed")
  })
})

describe("all clients, while the operator erases some", () => {
  /** A service of these clients; before each page is answered, this happens to them. */
  const serving = (ids: Array<number>, happens: (page: number, ids: Array<number>) => void) => {
    const { clients } = createPhonebookClient({
      baseUrl: "http://127.0.0.1",
      token: "token",
      secret: "secret",
      fetch: async (input) => {
        const { searchParams } = new URL(input as string)
        const [page, size] = [Number(searchParams.get("page")), Number(searchParams.get("per_page"))]
        if (size > 1) happens(page, ids)
        const entries = ids.slice((page - 1) * size, page * size).map((id) => ({ id }))
        return Response.json({ current_page: page, per_page: size, total_entries: ids.length, clients: entries })
      },
    })
    return async () => (await collect(clients.listAll({ per_page: 2 }))).map(({ id }) => id)
  }

  it("are all there when nothing is erased", async () => {
    assert.deepEqual(await serving([], () => {})(), [])
    assert.deepEqual(await serving([1, 2], () => {})(), [1, 2])
    assert.deepEqual(await serving([1, 2, 3, 4, 5], () => {})(), [1, 2, 3, 4, 5])
  })

  it("are all there when one that was seen is erased", async () => {
    const all = serving([1, 2, 3, 4, 5, 6, 7], (page, ids) => {
      if (page === 2 && ids[0] === 1) ids.shift()
    })
    assert.deepEqual(await all(), [1, 2, 3, 4, 5, 6, 7])
  })

  it("are all there when another is created at the same time, so that the total stays", async () => {
    const all = serving([1, 2, 3, 4, 5, 6], (page, ids) => {
      if (page !== 3 || ids[0] !== 1) return
      ids.shift()
      ids.push(7)
    })
    assert.deepEqual(await all(), [1, 2, 3, 4, 5, 6, 7])
  })

  it("are all there when more than a page of them is erased, up to the end of the list", async () => {
    const all = serving([1, 2, 3, 4, 5, 6, 7, 8], (page, ids) => {
      if (page === 4 && ids.length === 8) ids.splice(1, 4)
    })
    assert.deepEqual(await all(), [1, 2, 3, 4, 5, 6, 7, 8])
  })

  it("end when all are erased", async () => {
    const all = serving([1, 2, 3], (page, ids) => {
      if (page === 2) ids.length = 0
    })
    assert.deepEqual(await all(), [1, 2])
  })
})
