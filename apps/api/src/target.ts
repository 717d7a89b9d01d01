import type { Context } from "hono"
import type { Env } from "./answer.ts"

/** The request target as sent: `c.req.url` has been parsed and written anew (`'` becomes `%27`, `/../` is folded). */
export const targetOf = (c: Context<Env>): string => {
  const sent = c.env?.incoming?.url ?? c.req.url
  return sent.startsWith("/") ? sent : sent.replace(/^[a-z]+:\/\/[^/?]*/iu, "")
}
