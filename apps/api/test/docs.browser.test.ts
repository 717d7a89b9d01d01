import { existsSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Redacted } from "effect"
import { type Browser, chromium } from "playwright-core"
import { afterAll, beforeAll } from "vitest"
import { demoCredential } from "../src/bootstrap.ts"
import { listen } from "./socket.ts"

const EXECUTABLE = "/usr/bin/chromium"
const QUIET = ["--disable-quic", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
const present = existsSync(EXECUTABLE)
if (!present) process.stderr.write(`The reference page was not tried in a browser: there is no ${EXECUTABLE}\n`)

const demo = { token: demoCredential.token, secret: Redacted.value(demoCredential.secret) }

describe.runIf(present)("the reference page in Chromium", () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: EXECUTABLE, args: ["--no-sandbox", ...QUIET] })
  })
  afterAll(() => browser.close())

  /** The page, open, and what it did that it must not do. */
  const open = async (options: Parameters<Browser["newPage"]>[0] = {}) => {
    const { url, count } = await listen({ owner: demo })
    const page = await browser.newPage(options)
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

  it("sends the documented create, signed, and shows the new number", async () => {
    const { enter, tryOut, count, faults } = await open()
    await enter()
    const { status, text } = await tryOut("createPhoneNumbers")
    assert.strictEqual(status, "201")
    assert.include(text, '"number": "504-555-0123"')
    assert.strictEqual(count(), 1)
    assert.deepEqual(faults, [])
  })

  it("signs a query too, whatever stands in it", async () => {
    const { enter, tryOut, faults } = await open()
    await enter()
    const { status } = await tryOut("listPhoneNumbers", async (form) => {
      await form.getByPlaceholder("label").fill("it's ~ (é) & =*")
      await form.locator("table.parameters textarea").fill('{ "id.gt": "1" }')
    })
    assert.strictEqual(status, "200")
    assert.deepEqual(faults, [])
  })

  it("keeps the credential in its memory alone", async () => {
    const { page, enter, tryOut } = await open()
    await enter()
    await page.getByLabel("Secret").press("Enter")
    await tryOut("showClient")
    const kept = await page.evaluate("JSON.stringify([location.href, document.cookie, localStorage, sessionStorage])")
    assert.notInclude(kept, demo.token)
    assert.notInclude(kept, demo.secret)
    assert.notInclude(await page.content(), demo.secret)
    await page.reload()
    assert.strictEqual(await page.getByLabel("Secret").inputValue(), "")
  })

  it("asks for the credential where it is missing, and shows the 401", async () => {
    const { page, tryOut, faults } = await open()
    const { status } = await tryOut("listClients")
    assert.strictEqual(status, "401")
    assert.isTrue(await page.getByLabel("Token").evaluate((field) => field.matches(":focus:invalid")))
    assert.lengthOf(faults, 1)
  })

  it.each(["light", "dark"] as const)("fits a phone, %s", async (colorScheme) => {
    const { page, faults } = await open({ viewport: { width: 390, height: 844 }, colorScheme })
    assert.isAtMost((await page.evaluate("document.documentElement.scrollWidth")) as number, 390)
    const background = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert.strictEqual(background === "rgba(0, 0, 0, 0)", colorScheme === "light")
    assert.deepEqual(faults, [])
  })
})
