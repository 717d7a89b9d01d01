import { assert, describe, it } from "vitest"
import { createPhonebookClient, type PhonebookClient, PhonebookError } from "../src/index.ts"
import { collect, rejection } from "./service.ts"

/** A client to which everything is answered so, by whatever it is. */
const answered = (status: number, body: string) =>
  createPhonebookClient({
    baseUrl: "http://127.0.0.1",
    token: "token",
    secret: "secret",
    maxRetries: 0,
    fetch: async () => new Response(body, { status }),
  })

const draft = { number: "504-555-0123" }
const calls: Record<string, (phonebook: PhonebookClient) => Promise<unknown>> = {
  "clients.create": ({ clients }) => clients.create({ name: "Grace" }),
  "clients.list": ({ clients }) => clients.list(),
  "clients.listAll": ({ clients }) => collect(clients.listAll()),
  "clients.get": ({ clients }) => clients.get(7),
  "clients.update": ({ clients }) => clients.update(7, { name: "Grace" }),
  "phoneNumbers.create": ({ phoneNumbers }) => phoneNumbers.create(7, draft),
  "phoneNumbers.create of many": ({ phoneNumbers }) => phoneNumbers.create(7, [draft, draft]),
  "phoneNumbers.list": ({ phoneNumbers }) => phoneNumbers.list(7),
  "phoneNumbers.listAll": ({ phoneNumbers }) => collect(phoneNumbers.listAll(7)),
  "phoneNumbers.get": ({ phoneNumbers }) => phoneNumbers.get(7, 8),
  "phoneNumbers.update": ({ phoneNumbers }) => phoneNumbers.update(7, 8, draft),
  "phoneNumbers.delete": ({ phoneNumbers }) => phoneNumbers.delete(7, 8),
  "phoneNumbers.find": ({ phoneNumbers }) => phoneNumbers.find("504-555-0123"),
  "phoneNumbers.findAll": ({ phoneNumbers }) => collect(phoneNumbers.findAll("504-555-0123")),
}

const envelope = '"current_page":1,"per_page":100,"total_entries":1'
const strange = [
  "",
  "<html>",
  "null",
  "7",
  "[]",
  "{}",
  '{"id":"7"}',
  `{${envelope}}`,
  `{${envelope},"clients":null,"phone_numbers":null}`,
  `{${envelope},"clients":"x","phone_numbers":"x"}`,
  `{${envelope},"clients":[null],"phone_numbers":[null]}`,
  `{${envelope},"clients":[{}],"phone_numbers":[{}]}`,
]

describe("a success of another shape", () => {
  it.each(Object.entries(calls))("is unexpected to %s", async (_name, call) => {
    for (const body of strange) {
      const error = await rejection(call(answered(200, body)))
      assert.instanceOf(error, PhonebookError, body)
      assert.deepInclude({ ...error }, { kind: "unexpected", status: 200 }, body)
      assert.strictEqual(error.message, "200: not the answer of a Phonebook")
    }
  })

  it("is one with fewer records than were sent, or a page without its paging", async () => {
    const none = `{${envelope},"clients":[],"phone_numbers":[]}`
    const unpaged = '{"clients":[{"id":7}],"phone_numbers":[{"id":7}]}'
    for (const [name, body] of [
      ["clients.create", none],
      ["phoneNumbers.create", none],
      ["phoneNumbers.create of many", unpaged],
      ["phoneNumbers.delete", none],
      ["clients.listAll", unpaged],
      ["phoneNumbers.listAll", unpaged],
    ] as const) {
      assert.strictEqual((await rejection(calls[name]!(answered(200, body)))).kind, "unexpected", name)
    }
  })
})

describe("a failure of another shape", () => {
  it.each([
    ['{"problems":null}', [], []],
    ['{"problems":"x","phone_numbers":"x"}', [], []],
    ['{"problems":[null,7,{},{"code":7,"detail":"x"}]}', [], []],
    [
      '{"problems":[null,{"code":"blank","detail":"can\'t be blank"}]}',
      [{ code: "blank", detail: "can't be blank" }],
      [],
    ],
    ['{"phone_numbers":[null]}', [], [{}]],
    ['{"clients":[{"errors":null},{"errors":{"name":["is odd"]}}]}', [], [{}, { name: ["is odd"] }]],
    ['{"id":7,"phone_numbers":[null]}', [], [{}]],
    ["[]", [], []],
    ["<html>", [], []],
  ])("tells what it can: 422 %s", async (body, problems, itemErrors) => {
    for (const call of Object.values(calls)) {
      const error = await rejection(call(answered(422, body)))
      assert.instanceOf(error, PhonebookError)
      assert.deepInclude({ ...error }, { kind: "invalid", problems, itemErrors })
    }
  })

  it.each([
    [503, '{"error":{"code":1}}', "unavailable"],
    [503, '{"error":{"code":1},"message":null}', "unavailable"],
    [401, '{"message":["x"]}', "unauthorized"],
    [404, '{"error":null}', "unexpected"],
    [500, "[]", "unexpected"],
  ])("says only text: %i %s", async (status, body, kind) => {
    const error = await rejection(answered(status, body).clients.list())
    assert.instanceOf(error, PhonebookError)
    assert.deepEqual([error.kind, error.message], [kind, `${status}: not the answer of a Phonebook`])
  })
})
