import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { vi } from "vitest"
import { startService } from "../service.ts"
import { listen } from "../socket.ts"

// As it is, but its calls are seen.
vi.mock("node:fs", { spy: true })

const FILES = ["page.css", "page.js", "icon.svg", "signature.js", "swagger-ui.css", "swagger-ui-bundle.js"]
const NOBODY = { by: null }

describe("GET /docs", () => {
  it("200 without a credential: a page that asks for nothing from elsewhere", async () => {
    const { send } = await startService()
    const { status, headers, text } = await send("GET", "/docs", undefined, NOBODY)
    assert.deepEqual([status, headers["content-type"]], [200, "text/html; charset=utf-8"])
    assert.notMatch(text, /https?:|\/\/|style=|<style|<script>/u)
    const asked = [...text.matchAll(/(?:src|href)="docs\/([^"]+)"/gu)].map(([, name]) => name)
    assert.includeMembers(FILES, asked)
  })

  it("lets the page run and ask for what comes from here alone", async () => {
    const { send } = await startService()
    const { headers } = await send("GET", "/docs", undefined, NOBODY)
    assert.deepEqual(headers["content-security-policy"]!.split("; "), [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self' data:",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ])
    assert.strictEqual(headers["referrer-policy"], "no-referrer")
    assert.strictEqual(headers["x-content-type-options"], "nosniff")
    assert.strictEqual(headers["cache-control"], "no-cache")
  })

  it("405 for POST", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("POST", "/docs", undefined, NOBODY)).status, 405)
  })
})

describe("GET /docs/:file", () => {
  it.each(FILES)("200 for %s, of its type, and 304 to who has it, compressed or not", async (name) => {
    const { app } = await startService()
    const ask = (headers: Record<string, string> = {}) => app.request(`/docs/${name}`, { headers })
    const response = await ask()
    const types = { css: "text/css", js: "text/javascript", svg: "image/svg+xml" }
    assert.strictEqual(response.status, 200)
    assert.strictEqual(
      response.headers.get("content-type"),
      `${types[name.split(".").at(-1) as keyof typeof types]}; charset=utf-8`,
    )
    assert.strictEqual(response.headers.get("x-content-type-options"), "nosniff")

    const compressed = await ask({ "accept-encoding": "gzip" })
    assert.strictEqual(compressed.headers.get("content-encoding"), "gzip")
    for (const { headers } of [response, compressed]) {
      const again = await ask({ "if-none-match": headers.get("etag")! })
      assert.deepEqual([again.status, await again.text()], [304, ""])
    }
  })

  it("reads nothing before it is asked for, and then once", async () => {
    vi.resetModules()
    vi.mocked(readFileSync).mockClear()
    const { app } = await (await import("../service.ts")).startService()
    const reads = () => vi.mocked(readFileSync).mock.calls.filter(([path]) => /docs\/|swagger/u.test(String(path)))
    assert.isEmpty(reads())
    for (let time = 0; time < 2; time += 1) {
      assert.strictEqual((await app.request("/docs/swagger-ui-bundle.js")).status, 200)
    }
    assert.lengthOf(reads(), 1)
  })

  it("serves the very rule that the service verifies by", async () => {
    const { send } = await startService()
    const { text } = await send("GET", "/docs/signature.js", undefined, NOBODY)
    const { partsToSign } = await import(/* @vite-ignore */ `data:text/javascript,${encodeURIComponent(text)}`)
    const request = { method: "GET", host: "h", target: "/p?b=1&a=2", body: "" }
    assert.deepEqual(partsToSign(request), ["GET h/p?", "a=2&b=1"])
  })

  it.each([
    "/docs/",
    "/docs//",
    "/docs/page.html",
    "/docs/package.json",
    "/docs/swagger-ui-bundle.js.map",
    "/docs/__proto__",
    "/docs/constructor",
    "/docs/../package.json",
    "/docs/..%2f..%2fpackage.json",
    "/docs/%2e%2e%2fpackage.json",
    "/docs/..%5cpackage.json",
    "/docs/page.css%00",
    "/docs/%",
    "/docs/%ff",
    "/docs/page.css/",
    "/docs/page.css/x",
    "/docs/PAGE.CSS",
    `/docs/${"a".repeat(8_000)}`,
  ])("404 for %s", async (target) => {
    const { send } = await listen()
    const { status, body } = await send("GET", target, undefined, NOBODY)
    assert.deepEqual([status, Object.keys(body)], [404, ["error"]])
  })
})
