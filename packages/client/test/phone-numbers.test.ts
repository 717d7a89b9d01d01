import { assert, describe, it } from "vitest"
import type { PhoneNumber } from "../src/index.ts"
import { CLIENT, collect, rejection, startService } from "./service.ts"

const numbers = (count: number) => Array.from({ length: count }, (_, index) => ({ number: 5045550100 + index }))

const ids = (entries: ReadonlyArray<PhoneNumber>) => entries.map(({ id }) => id)

describe("phoneNumbers", () => {
  it("creates one", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.phoneNumbers.create(CLIENT, { label: "home", number: "(504) 555-0123 x5" })
    const { id, updated_at } = created
    assert.deepEqual(created, {
      id,
      url: `/clients/${CLIENT}/phone_numbers/${id}`,
      country_code: "1",
      raw_number: "5550123",
      number: "504-555-0123",
      extension: "5",
      label: "home",
      updated_at,
    })
  })

  it("creates many, in their order, and any text of Unicode is signed as it is sent", async () => {
    const { phonebook } = await startService()
    const labels = ["büro ☎️", "\ud83d\udcde", "'home'"]
    const created = await phonebook.phoneNumbers.create(
      CLIENT,
      labels.map((label) => ({ label, number: "+44 20 7946 0958", is_primary: label === "'home'" })),
    )
    assert.deepEqual(
      created.map(({ label }) => label),
      labels,
    )
    assert.strictEqual((await phonebook.clients.get(CLIENT)).primary_phone_number?.label, "'home'")
  })

  it("reads one, with its ETag", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.phoneNumbers.create(CLIENT, { number: "504-555-0123" })
    const { etag, ...read } = await phonebook.phoneNumbers.get(CLIENT, created.id)
    assert.deepEqual(read, created)
    assert.match(etag, /^"\d+"$/u)
  })

  it("updates what is given, on the version that was read", async () => {
    const { phonebook } = await startService()
    const { id } = await phonebook.phoneNumbers.create(CLIENT, { label: "home", number: "504-555-0123" })
    const { etag } = await phonebook.phoneNumbers.get(CLIENT, id)
    const updated = await phonebook.phoneNumbers.update(CLIENT, id, { label: null }, { ifMatch: etag })
    assert.strictEqual(updated.label, null)
    assert.strictEqual(updated.number, "504-555-0123")
    assert.notStrictEqual(updated.etag, etag)

    const error = await rejection(phonebook.phoneNumbers.update(CLIENT, id, { label: "work" }, { ifMatch: etag }))
    assert.strictEqual(error.kind, "precondition_failed")
    await phonebook.phoneNumbers.update(CLIENT, id, { label: "work" }, { ifMatch: updated.etag })
  })

  it("deletes one, on the version that was read", async () => {
    const { phonebook } = await startService()
    const { id } = await phonebook.phoneNumbers.create(CLIENT, { number: "504-555-0123" })
    assert.strictEqual(
      (await rejection(phonebook.phoneNumbers.delete(CLIENT, id, { ifMatch: '"999"' }))).kind,
      "precondition_failed",
    )
    const { etag } = await phonebook.phoneNumbers.get(CLIENT, id)
    assert.strictEqual(await phonebook.phoneNumbers.delete(CLIENT, id, { ifMatch: etag }), undefined)
    assert.strictEqual((await rejection(phonebook.phoneNumbers.get(CLIENT, id))).kind, "not_found")
  })

  it("lists a page", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.phoneNumbers.create(CLIENT, numbers(5))
    assert.deepEqual(await phonebook.phoneNumbers.list(CLIENT, { page: 2, per_page: 2 }), {
      current_page: 2,
      per_page: 2,
      total_entries: 5,
      phone_numbers: created.slice(2, 4),
    })
    assert.strictEqual((await phonebook.phoneNumbers.list(CLIENT)).per_page, 100)
  })

  it("filters by every field, signed as it is encoded", async () => {
    const { phonebook } = await startService()
    const [home, work] = await phonebook.phoneNumbers.create(CLIENT, [
      { label: "a+b & c='d' é*~", number: "504-555-0123" },
      { number: "+44 20 7946 0958", extension: "007" },
    ])
    const found = async (filters: Parameters<typeof phonebook.phoneNumbers.list>[1]) =>
      ids((await phonebook.phoneNumbers.list(CLIENT, filters)).phone_numbers)
    assert.deepEqual(await found({ label: "a+b & c='d' é*~" }), [home!.id])
    assert.deepEqual(await found({ label: null }), [work!.id])
    assert.deepEqual(await found({ "label.not_eq": null }), [home!.id])
    assert.deepEqual(await found({ "id.gt": home!.id, "id.lte": work!.id }), [work!.id])
    assert.deepEqual(await found({ country_code: "+44", number: "020 7946 0958" }), [work!.id])
    assert.deepEqual(await found({ number: "+442079460958" }), [work!.id])
    assert.deepEqual(await found({ "country_code.not_eq": 44 }), [home!.id])
    assert.deepEqual(await found({ extension: "007" }), [work!.id])
    assert.deepEqual(await found({ "extension.lt": undefined, extension: null }), [home!.id])
    assert.deepEqual(await found({ "updated_at.gte": new Date(0), "updated_at.lt": "2017-12-15" }), [])
    // @ts-expect-error no such field
    assert.strictEqual((await rejection(found({ nmber: "504-555-0123" }))).kind, "invalid")
    // @ts-expect-error no such comparison
    assert.strictEqual((await rejection(found({ "id.near": 7 }))).kind, "invalid")
  })

  it("iterates over all pages", async () => {
    const { phonebook, logged } = await startService()
    const created = await phonebook.phoneNumbers.create(CLIENT, numbers(7))
    const all = await collect(phonebook.phoneNumbers.listAll(CLIENT, { per_page: 3 }))
    assert.deepEqual(all, [...created])
    assert.lengthOf(
      logged.filter((line) => line.includes('"method":"GET"')),
      3,
    )
    const filters = { per_page: 2, "id.gt": created[0]!.id, "number.not_eq": created[3]!.number }
    const most = await collect(phonebook.phoneNumbers.listAll(CLIENT, filters))
    assert.deepEqual(
      most,
      created.filter((_, index) => index !== 0 && index !== 3),
    )
  })

  it("iterates over all of them, though a page is asked for that the types forbid", async () => {
    const { phonebook } = await startService()
    const created = await phonebook.phoneNumbers.create(CLIENT, numbers(7))
    const query: object = { page: 2, per_page: 2 }
    assert.deepEqual(await collect(phonebook.phoneNumbers.listAll(CLIENT, query)), [...created])
    assert.deepEqual(await collect(phonebook.phoneNumbers.findAll("504-555-0102", query)), [created[2]!])
  })

  it("iterates over nothing", async () => {
    const { phonebook } = await startService()
    assert.deepEqual(await collect(phonebook.phoneNumbers.listAll(CLIENT)), [])
  })

  it("leaves nothing out when what was seen is deleted", async () => {
    const { phonebook } = await startService()
    await phonebook.phoneNumbers.create(CLIENT, numbers(7))
    for await (const { id } of phonebook.phoneNumbers.listAll(CLIENT, { per_page: 2 })) {
      await phonebook.phoneNumbers.delete(CLIENT, id)
    }
    assert.strictEqual((await phonebook.phoneNumbers.list(CLIENT)).total_entries, 0)
  })

  it("finds whose number it is", async () => {
    const { phonebook } = await startService()
    const { id } = await phonebook.clients.create({ name: "Bob", phone_numbers: [{ number: "504-555-0123" }] })
    await phonebook.phoneNumbers.create(CLIENT, [{ number: "+1 504 555 0123" }, { number: "504-555-0199" }])
    const { phone_numbers, total_entries } = await phonebook.phoneNumbers.find("(504) 555 0123")
    assert.strictEqual(total_entries, 2)
    assert.sameMembers(
      phone_numbers.map(({ url }) => Number(url.split("/")[2])),
      [CLIENT, id],
    )
    assert.lengthOf((await phonebook.phoneNumbers.find("504-555-0123", { per_page: 1 })).phone_numbers, 1)
  })

  it("finds all whose number it is, page by page", async () => {
    const { phonebook } = await startService()
    const drafts = ["home", "work", "home", "home"].map((label) => ({ label, number: "504-555-0123" }))
    const created = await phonebook.phoneNumbers.create(CLIENT, [{ number: "504-555-0199" }, ...drafts])
    const { id } = await phonebook.clients.create({ name: "Bob", phone_numbers: [{ number: "504-555-0123" }] })
    const all = await collect(phonebook.phoneNumbers.findAll("(504) 555 0123", { per_page: 2 }))
    assert.deepEqual(all.slice(0, 4), created.slice(1))
    assert.deepEqual(Number(all[4]!.url.split("/")[2]), id)
    assert.lengthOf(all, 5)
    const home = await collect(phonebook.phoneNumbers.findAll("504-555-0123", { label: "home", per_page: 1 }))
    assert.lengthOf(home, 3)
  })
})
