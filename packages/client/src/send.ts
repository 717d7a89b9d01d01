import { isObject, type Json, type Shape } from "./answer.ts"
import { errorOf, PhonebookError } from "./errors.ts"
import type { ConditionalWriteOptions, PhonebookOptions } from "./options.ts"
import { delayBefore, wait } from "./retry.ts"
import { sign } from "./signature.ts"

/** A record, and the tag of its version. */
export type WithEtag<Entry> = Entry & { readonly etag: string }

export interface Request {
  readonly method: "GET" | "POST" | "PUT" | "DELETE"
  readonly path: string
  /** Null is sent as empty, which is how a filter asks for it. */
  readonly query?: Readonly<Record<string, string | number | Date | null | undefined>>
  readonly body?: object
  /** A success of another shape is an error: it is no Phonebook's. */
  readonly shape: Shape
}

interface Answer<Body> {
  readonly body: Body
  readonly etag: string
}

/** `Body` is what the request's shape stands for. */
export type Send = <Body>(request: Request, options?: ConditionalWriteOptions) => Promise<Answer<Body>>

const textOf = (value: string | number | Date | null) =>
  value instanceof Date ? value.toISOString() : `${value ?? ""}`

const jsonOf = (text: string): Json => {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : {}
  } catch {
    return {}
  }
}

const answerOf = ({ response, text }: { readonly response: Response; readonly text: string }, shape: Shape) => {
  const body = jsonOf(text)
  if (!response.ok || !shape(body)) return errorOf(response, body)
  return { body, etag: response.headers.get("etag") ?? "" }
}

/** Sends requests, signed, again where that is safe and may help, and answers or throws what comes of it. */
export const makeSend = ({
  baseUrl,
  token,
  secret,
  fetch = globalThis.fetch,
  maxRetries = 2,
  timeoutMs = 30_000,
  random = Math.random,
  sleep = wait,
}: PhonebookOptions): Send => {
  const base = new URL(baseUrl)

  const exchange = async (url: URL, init: RequestInit) => {
    const response = await fetch(url.href, init)
    return { response, text: await response.text() }
  }

  const attempt = (url: URL, init: RequestInit, shape: Shape, signal: AbortSignal | undefined) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    const either = signal === undefined ? timeout : AbortSignal.any([signal, timeout])
    return exchange(url, { ...init, signal: either }).then(
      (answer) => answerOf(answer, shape),
      (cause: unknown) => {
        signal?.throwIfAborted()
        return timeout.aborted
          ? new PhonebookError(`No answer within ${timeoutMs} ms`, { kind: "timeout" }, { cause })
          : new PhonebookError(`${url.host} cannot be reached`, { kind: "network" }, { cause })
      },
    )
  }

  return async <Body>(
    { method, path, query = {}, body, shape }: Request,
    { signal, idempotencyKey, ifMatch }: ConditionalWriteOptions = {},
  ) => {
    // Set as a path, not resolved as a link: a path that begins with // would name another host.
    const url = new URL(base.origin)
    url.pathname = base.pathname.replace(/\/$/u, "") + path
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.append(name, textOf(value))
    }
    const text = body === undefined ? "" : JSON.stringify(body)
    const target = url.pathname + url.search
    const headers = new Headers({
      accept: "application/json",
      "x-token": token,
      "x-signature": await sign(secret, { method, host: url.host, target, body: text }),
    })
    if (text !== "") headers.set("content-type", "application/json")
    // One key for all tries of a call: whichever of them arrive, the work is done once.
    if (method !== "GET") headers.set("idempotency-key", idempotencyKey ?? crypto.randomUUID())
    if (ifMatch !== undefined) headers.set("if-match", ifMatch)
    // A redirected request would not be the one that was signed.
    const init: RequestInit = { method, headers, body: text === "" ? null : text, redirect: "manual" }

    for (let retry = 0; ; retry += 1) {
      const outcome = await attempt(url, init, shape, signal)
      if (!(outcome instanceof Error)) return outcome as Answer<Body>
      const delay = retry < maxRetries ? delayBefore(retry, outcome, random) : null
      if (delay === null) throw outcome
      await sleep(delay, signal)
    }
  }
}
