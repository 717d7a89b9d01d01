import type { Context } from "hono"
import type { Env } from "./answer.ts"

const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/u

/** What a request is called: the caller's X-Request-Id where it is fit for a log, else a new one. */
export const requestIdOf = (c: Context<Env>): string => {
  const given = c.req.header("x-request-id")
  return given !== undefined && ACCEPTED.test(given) ? given : crypto.randomUUID()
}
