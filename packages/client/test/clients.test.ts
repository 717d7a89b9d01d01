import { assert, describe, it } from "vitest"
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
