import { existsSync } from "node:fs"
import { createContext, runInContext } from "node:vm"
import { chromium } from "playwright-core"
import { build } from "rolldown"
import { assert, describe, it, onTestFinished } from "vitest"
import config from "../rolldown.config.ts"
import { CLIENT, credential, startService } from "./service.ts"

/** A package as one script for a browser, which leaves its exports in a variable of this name. */
const scriptOf = async (input: unknown, name: string) => {
  const output = { format: "iife", name } as const
  const { output: chunks } = await build({ ...config, input: input as string, output, write: false })
  assert.lengthOf(chunks, 1)
  return chunks[0]
}

const client = await scriptOf(config.input, "phonebook")
const domain = await scriptOf("@phonebook/domain", "domain")

/** Runs a script, then an expression, and answers its value. */
type Page = (url: string, script: string, expression: string) => Promise<unknown>

/** What a browser has, of what Node has: nothing of Node's own. */
const inWebGlobals: Page = async (_url, script, expression) => {
  const { crypto, fetch, Headers, TextEncoder, URL, URLSearchParams, AbortController, AbortSignal } = globalThis
  const { setTimeout, clearTimeout, btoa, Response } = globalThis
  const web = { crypto, fetch, Headers, TextEncoder, URL, URLSearchParams, AbortController, AbortSignal, Response }
  const context = createContext({ ...web, setTimeout, clearTimeout, btoa })
  runInContext(script, context)
  return runInContext(expression, context)
}

const CHROMIUM = "/usr/bin/chromium"
const FLAGS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-component-update"]

const inChromium: Page = async (url, script, expression) => {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, "--disable-sync"] })
  onTestFinished(() => browser.close())
  const page = await browser.newPage()
  // An empty page of the service's own origin.
  await page.route(`${url}/page`, (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }))
  await page.goto(`${url}/page`)
  await page.addScriptTag({ content: script })
  return page.evaluate(expression)
}

const places: Array<readonly [string, Page]> = [["web globals alone", inWebGlobals]]
if (existsSync(CHROMIUM)) places.push(["Chromium", inChromium])
else console.info(`No ${CHROMIUM}: the bundles run in web globals alone.`)

describe("the client, bundled for a browser", () => {
  it("is one file of its own code and the signing rule, without effect", () => {
    assert.deepEqual(client.imports, [])
    const used = Object.entries(client.modules).filter(([, { renderedLength }]) => renderedLength > 0)
    for (const [path] of used) assert.match(path, /packages\/client\/src|packages\/contract\/src\/signature\.ts$/u)
    assert.isBelow(client.code.length, 16_000)
  })

  it.each(places)("signs, creates, lists and fails in %s", async (_name, run) => {
    const { url } = await startService()
    const outcome = await run(
      url,
      client.code,
      `(async () => {
        const { phoneNumbers } = phonebook.createPhonebookClient(${JSON.stringify({ baseUrl: url, ...credential })})
        const { id } = await phoneNumbers.create(${CLIENT}, { label: "büro 'x' ☎", number: "(504) 555-0123" })
        const { phone_numbers } = await phoneNumbers.list(${CLIENT}, { label: "büro 'x' ☎", number: "+15045550123" })
        const error = await phoneNumbers.get(${CLIENT}, id + 1).catch((error) => error)
        return [phone_numbers.map(({ number }) => number), error instanceof phonebook.PhonebookError, error.kind]
      })()`,
    )
    assert.deepEqual(JSON.stringify(outcome), JSON.stringify([["504-555-0123"], true, "not_found"]))
  })
})

describe("@phonebook/domain, bundled for a browser", () => {
  it.each(places)("reads a phone number in %s", async (_name, run) => {
    const { url } = await startService()
    const read = `domain.readTelephoneNumber({ number: "020 7946 0958", countryCode: "44" }, "1").success`
    const { e164, number } = (await run(url, domain.code, read)) as { e164: string; number: string }
    assert.deepEqual([e164, number], ["+442079460958", "20-7946-0958"])
  })
})
