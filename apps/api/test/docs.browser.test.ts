import { existsSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { demoCredential } from "../src/demo-credential.ts"
import { sign } from "./service.ts"
import { listen } from "./socket.ts"

const EXECUTABLE = "/usr/bin/chromium"
const LIGHT = ["--disable-gpu"]
const QUIET = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
const present = existsSync(EXECUTABLE)
if (!present) process.stderr.write(`The reference page was not tried in a browser: there is no ${EXECUTABLE}\n`)

const demo = { token: demoCredential.token, secret: Redacted.value(demoCredential.secret) }

/** A browser beside everything else on two busy cores: a page once took a minute to load, which is no fault of ours. */
const TIMEOUT = 180_000

describe.runIf(present)("the reference page in Chromium", { timeout: TIMEOUT }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", ...LIGHT, ...QUIET] })
  }, TIMEOUT)
  afterAll(() => browser.close())

  /** The page, open, and what it did that it must not do. */
  const open = async (options: Parameters<Browser["newPage"]>[0] = {}) => {
    const { url, count } = await listen({ owner: demo })
    const page = await browser.newPage({ reducedMotion: "reduce", ...options })
    // The test's own time-out counts: a busy machine is no failed test.
    page.setDefaultTimeout(0)
    const faults: Array<string> = []
    page.on("console", (message) => message.type() === "error" && faults.push(message.text()))
    page.on("pageerror", ({ message }) => faults.push(message))
    page.on("request", (request) => request.url().startsWith(url) || faults.push(request.url()))
    await page.goto(`${url}/docs`)
    const operation = (id: string) => page.locator(`.opblock[id$="-${id}"]`)
    await operation("createPhoneNumbers").waitFor()
    return {
      page,
      url,
      count,
      faults,
      enter: async () => {
        await page.getByLabel("Token").fill(demo.token)
        await page.getByLabel("Secret").fill(demo.secret)
      },
      /** Sends what an operation documents, as it is unless `prepare` changes it. */
      tryOut: async (
        id: string,
        prepare: (form: ReturnType<typeof operation>) => Promise<unknown> = async () => {},
      ) => {
        const form = operation(id)
        await form.locator(".opblock-summary-control").click()
        await form.getByRole("button", { name: "Try it out" }).click()
        await prepare(form)
        await form.getByRole("button", { name: "Execute" }).click()
        const answer = form.locator(".live-responses-table")
        const status = await answer.locator("tbody .response-col_status").innerText()
        return { status: status.trim(), text: await answer.innerText() }
      },
    }
  }

  it("signs what is tried out", async () => {
    const { page, enter, tryOut, count, faults, url } = await open()
    await enter()

    const created = await tryOut("createPhoneNumbers")
    assert.strictEqual(created.status, "201")
    assert.include(created.text, '"number": "504-555-0123"')
    assert.strictEqual(count(), 1)

    // A query too, whatever stands in it.
    const listed = await tryOut("listPhoneNumbers", async (form) => {
      await form.getByPlaceholder("label").fill("it's ~ (é) & =*")
      await form.locator("table.parameters textarea").fill('{ "id.gt": "1" }')
    })
    assert.strictEqual(listed.status, "200")

    // This machine would get the metrics without: what matters is what another would send.
    const asked = page.waitForRequest(`${url}/metrics`)
    assert.strictEqual((await tryOut("showMetrics")).status, "200")
    const headers = (await asked).headers()
    const signed = { method: "GET", host: new URL(url).host, target: "/metrics", body: "" }
    assert.deepInclude(headers, { "x-token": demo.token, "x-signature": sign(demo.secret, signed) })
    assert.deepEqual(faults, [])
  })

  it("keeps the credential in its memory alone", async () => {
    const { page, enter, tryOut, faults } = await open()
    await enter()
    await page.getByLabel("Secret").press("Enter")
    assert.strictEqual((await tryOut("showClient")).status, "200")
    const kept = await page.evaluate("JSON.stringify([location.href, document.cookie, localStorage, sessionStorage])")
    assert.notInclude(kept, demo.token)
    assert.notInclude(kept, demo.secret)
    assert.notInclude(await page.content(), demo.secret)
    await page.reload()
    assert.strictEqual(await page.getByLabel("Secret").inputValue(), "")
    assert.deepEqual(faults, [])
  })

  it("asks for the credential where it is missing, and shows the 401; not for what works without", async () => {
    const { page, tryOut, faults } = await open()
    assert.strictEqual((await tryOut("showMetrics")).status, "200")
    const missing = page.getByLabel("Token").and(page.locator(":focus:invalid"))
    assert.strictEqual(await missing.count(), 0)
    assert.deepEqual(faults, [])
    assert.strictEqual((await tryOut("listClients")).status, "401")
    assert.strictEqual(await missing.count(), 1)
    // What the browser itself says of the answer.
    assert.lengthOf(faults, 1)
    assert.match(faults[0]!, /status of 401/u)
  })

  it("fits a phone, light and dark", async () => {
    const { page, faults } = await open({ viewport: { width: 390, height: 844 } })
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme })
      assert.isAtMost((await page.evaluate("document.documentElement.scrollWidth")) as number, 390)
      // The page is told with the next frame.
      await page.locator(colorScheme === "dark" ? "html.dark-mode" : "html:not(.dark-mode)").waitFor()
      const background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
      assert.strictEqual(background === "rgba(0, 0, 0, 0)", colorScheme === "light")
    }
    assert.deepEqual(faults, [])
  })
})
