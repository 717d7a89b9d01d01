import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto"
import { secret, token } from "./settings.ts"

const key = createSecretKey(Buffer.from(secret))

export interface Signed {
  readonly method: string
  readonly host: string | undefined
  /** As sent. */
  readonly target: string
  readonly token: unknown
  readonly signature: unknown
  readonly body: Buffer
}

/** The v9 signature of a request with a body. The one secret is at hand: Phonebook looks it up in its database. */
export const isSigned = (request: Signed): boolean => {
  if (request.token !== token || typeof request.signature !== "string") return false
  const host = request.host?.replace(/:\d+$/u, "") ?? ""
  const [path] = request.target.split("?")
  const expected = createHmac("sha256", key)
    .update(`${request.method} ${host}${path}?`)
    .update(request.body)
    .digest("base64")
  return (
    expected.length === request.signature.length &&
    timingSafeEqual(Buffer.from(expected), Buffer.from(request.signature))
  )
}
