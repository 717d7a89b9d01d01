import type { MiddlewareHandler } from "hono"
import type { Env } from "../answer.ts"

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/u

/** Names each request: by the caller's X-Request-Id where it is fit for a log, else by a new one. */
export const requestId = (): MiddlewareHandler<Env> => (c, next) => {
  const given = c.req.header("x-request-id")
  c.set("requestId", given !== undefined && ACCEPTED.test(given) ? given : crypto.randomUUID())
  return next()
}
