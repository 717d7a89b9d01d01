import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { openApi, partsToSign } from "@phonebook/contract"
import { Effect } from "effect"
import { answerTagged } from "../conditional.ts"
import { RouteNotFound } from "../failures.ts"
import type { Step } from "../run.ts"

/**
 * What the page may do: run and show what comes from here, and send requests here. The viewer's style sheet has its icons
 * inside.
 */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ")

const file = (type: string, text: string) => ({
  text,
  etag: `"${createHash("sha256").update(text).digest("base64url")}"`,
  headers: {
    "content-type": `${type}; charset=utf-8`,
    // Browsers ask each time, and get 304 until another version is deployed.
    "cache-control": "no-cache",
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
  },
})
type File = ReturnType<typeof file>

const ours = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8")
const { resolve } = createRequire(import.meta.url)
const viewers = (name: string) => readFileSync(resolve(`swagger-ui-dist/${name}`), "utf8")

/** Made when it is first asked for: most processes never are, and one that starts has better things to do. */
const whenAsked = (make: () => File): (() => File) => {
  let made: File | undefined
  return () => (made ??= make())
}

const document = whenAsked(() => file("application/json", JSON.stringify(openApi())))
const page = whenAsked(() => file("text/html", ours("page.html")))
/** All that the page asks for, and all that is served. */
const files: ReadonlyMap<string, () => File> = new Map([
  ["page.css", whenAsked(() => file("text/css", ours("page.css")))],
  ["page.js", whenAsked(() => file("text/javascript", ours("page.js")))],
  ["icon.svg", whenAsked(() => file("image/svg+xml", ours("icon.svg")))],
  // The rule that the server verifies by, as Node runs it: without its types.
  ["signature.js", whenAsked(() => file("text/javascript", `export const partsToSign = ${partsToSign}`))],
  ["swagger-ui.css", whenAsked(() => file("text/css", viewers("swagger-ui.css")))],
  ["swagger-ui-bundle.js", whenAsked(() => file("text/javascript", viewers("swagger-ui-bundle.js")))],
])

const show =
  (choose: (name: string) => (() => File) | undefined): Step =>
  (c) => {
    const chosen = choose(c.req.param("file") ?? "")?.()
    if (chosen === undefined) return Effect.fail(new RouteNotFound())
    return Effect.succeed(answerTagged(c, chosen.etag, chosen.text, chosen.headers))
  }

/** `GET /openapi.json` */
export const showOpenApi = show(() => document)

/** `GET /docs` */
export const showPage = show(() => page)

/** `GET /docs/:file` */
export const showFile = show((name) => files.get(name))
