import type { HttpBindings } from "@hono/node-server"
import type { AccountId, CredentialId } from "@phonebook/domain"
import type { Context } from "hono"

/** What a request brings from its socket. */
export interface Bindings extends HttpBindings {
  /** By `performance.now`. */
  readonly arrivedAt: number
  /** Whether the door gives it its turn. */
  readonly hasTurn: boolean
  /** Whether too much waited already when it came. */
  readonly isExcess: boolean
}

/** What guards leave for the steps after them. `Bindings` are there over a socket, not in `app.request`. */
export interface Env {
  Bindings: Partial<Bindings>
  Variables: {
    requestId: string
    /** Whose credential signed the request; set under /v9. */
    accountId: AccountId
    credentialId: CredentialId
    /** The raw bytes of the body; set under /v9. */
    body: Uint8Array
  }
}

/** A status, a body (JSON, or text as it is; none in a 304) and what headers it needs besides the usual ones. */
export interface Answer {
  readonly status: number
  readonly body?: object | string
  readonly headers?: Readonly<Record<string, string>>
}

const JSON_TYPE = { "content-type": "application/json; charset=utf-8" }
/** Another token is answered otherwise under the same address, and no cache on the way knows that X-Token tells who asks. */
const PRIVATE = { "cache-control": "private, no-cache" }

/** The one place where a response is made, so that every answer carries what every answer must. */
export const respond = (c: Context<Env>, { status, body, headers }: Answer): Response =>
  new Response(typeof body === "string" ? body : JSON.stringify(body), {
    status,
    headers: { ...(body && JSON_TYPE), ...PRIVATE, "x-request-id": c.get("requestId"), ...headers },
  })
