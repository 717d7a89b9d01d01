import { assert, it } from "vitest"
import { createPhonebookClient } from "../src/index.ts"

/** Where a request goes under this address. */
const asked = async (baseUrl: string | URL) => {
  const urls: Array<string> = []
  const phonebook = createPhonebookClient({
    baseUrl,
    token: "token",
    secret: "secret",
    fetch: async (input) => {
      urls.push(input as string)
      return Response.json({ current_page: 1, per_page: 100, total_entries: 0, clients: [] })
    },
  })
  await phonebook.clients.list({ page: 2 })
  return urls
}

it.each([
  ["http://127.0.0.1:3000", "http://127.0.0.1:3000/v9/clients?page=2"],
  ["https://phonebook.example.com/", "https://phonebook.example.com/v9/clients?page=2"],
  [new URL("https://example.com/phonebook/"), "https://example.com/phonebook/v9/clients?page=2"],
  // The token must not go to another host than the one that was named.
  ["https://example.com//elsewhere.example.org", "https://example.com//elsewhere.example.org/v9/clients?page=2"],
  ["https://example.com/\\elsewhere.example.org", "https://example.com//elsewhere.example.org/v9/clients?page=2"],
])("a request to %s goes to %s", async (baseUrl, url) => {
  assert.deepEqual(await asked(baseUrl), [url])
})
