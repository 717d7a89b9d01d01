import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto"
import { partsToSign } from "@phonebook/contract"
import { Effect } from "effect"
import type { Context } from "hono"
import type { Env } from "../answer.ts"
import { makeReadBody, refuseTooLarge } from "../body.ts"
import { Overloaded, SignatureIncorrect, Unauthorized } from "../failures.ts"
import { makeLookUp } from "../known-credentials.ts"
import type { Log } from "../log.ts"
import type { Metrics } from "../metrics.ts"
import { targetOf } from "../target.ts"
import { makeTurns } from "../turns.ts"

export interface AuthenticateOptions {
  /** Whether `Authorization: Basic` is accepted beside the signature. */
  readonly basicAuth: boolean
  /** Further names that a caller may have signed as the host. */
  readonly hosts: ReadonlyArray<string>
  readonly log: Log
  readonly metrics: Pick<Metrics, "watchTurns">
}

/** What a request says of who sends it. X-Token counts before Basic. */
type Claim =
  | { readonly by: "signature"; readonly token: string; readonly signature: string | undefined }
  | { readonly by: "basic"; readonly token: string; readonly secret: string }

const claimOf = (c: Context<Env>, basicAuth: boolean): Claim | null => {
  const token = c.req.header("x-token")
  if (token !== undefined) return { by: "signature", token, signature: c.req.header("x-signature") }
  const basic = basicAuth ? /^Basic +([A-Za-z0-9+/=_-]+)$/iu.exec(c.req.header("authorization") ?? "") : null
  if (basic === null) return null
  const pair = Buffer.from(basic[1]!, "base64").toString("latin1")
  const colon = pair.indexOf(":")
  return colon < 0 ? null : { by: "basic", token: pair.slice(0, colon), secret: pair.slice(colon + 1) }
}

const equal = (a: string, b: string): boolean => {
  const [left, right] = [Buffer.from(a, "latin1"), Buffer.from(b, "latin1")]
  return left.length === right.length && timingSafeEqual(left, right)
}

/** The forms in which the libraries in the field sign a host. */
const formsOf = (host: string): ReadonlyArray<string> => [host.replace(/:\d+$/u, ""), host, `http://${host}`]

/** Lets a request through only when it proves whose it is; leaves the account and the body's bytes for the routes. */
export const authenticate = ({ basicAuth, hosts, log, metrics }: AuthenticateOptions) => {
  const readBody = makeReadBody()
  const lookUp = makeLookUp()
  const turns = makeTurns()
  metrics.watchTurns(turns.waiting)
  const turn = Effect.callback<void>((resume) => turns.take(() => resume(Effect.void)))

  const unauthorized = (c: Context<Env>, reason: string) =>
    new Unauthorized({
      message: `${reason}${basicAuth ? "; `curl -u token:secret` works too" : ""}; see /docs`,
      offerBasic: basicAuth && c.req.header("x-token") === undefined,
    })

  const verify = (c: Context<Env>, key: KeyObject, signature: string, body: Uint8Array) => {
    const request = { method: c.req.method, target: targetOf(c), body }
    const tried = [c.req.header("host") ?? new URL(c.req.url).host, ...hosts].flatMap(formsOf)
    const signed = tried.some((host) => {
      const [head, tail] = partsToSign({ ...request, host })
      return equal(createHmac("sha256", key).update(head, "latin1").update(tail).digest("base64"), signature)
    })
    if (signed) return Effect.void
    log.warn("signature incorrect", { request_id: c.get("requestId"), method: request.method, hosts_tried: tried })
    return Effect.fail(new SignatureIncorrect())
  }

  return Effect.fnUntraced(function* (c: Context<Env>) {
    yield* refuseTooLarge(c)
    const claim = claimOf(c, basicAuth)
    if (claim === null) return yield* unauthorized(c, "The header X-Token is missing: send X-Token and X-Signature")

    // Before any look-up: a refusal must cost little.
    if (c.env?.isExcess) return yield* new Overloaded()

    const known = yield* lookUp(claim.token)
    if (known === null) return yield* unauthorized(c, "The token is unknown or was revoked")
    if (claim.by === "basic" && !equal(known.secret, claim.secret)) return yield* unauthorized(c, "The secret is wrong")
    if (claim.by === "signature" && claim.signature === undefined) return yield* new SignatureIncorrect()

    const body = yield* readBody(c)
    // Who went away meanwhile has its turn too: it does nothing with it.
    if (c.env?.hasTurn === false) yield* turn
    if (claim.by === "signature") yield* verify(c, known.key, claim.signature ?? "", body)
    c.set("accountId", known.accountId)
    c.set("credentialId", known.id)
    c.set("body", body)
  })
}
