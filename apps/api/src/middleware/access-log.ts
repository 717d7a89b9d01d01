import type { Context, MiddlewareHandler } from "hono"
import { matchedRoutes } from "hono/route"
import type { Env } from "../answer.ts"
import type { Log } from "../log.ts"

/** The pattern that was matched, `*` for an address that no route has: middleware and the last resort match everything. */
const routeOf = (c: Context<Env>): string => matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? "*"

/** One line a request, with the route's pattern: the URL itself may hold what a log must not. */
export const accessLog =
  (log: Log): MiddlewareHandler<Env> =>
  async (c, next) => {
    const start = performance.now()
    await next()
    log.info("request", {
      request_id: c.get("requestId"),
      method: c.req.method,
      route: routeOf(c),
      status: c.res.status,
      duration_ms: Math.round((performance.now() - start) * 1000) / 1000,
      account_id: c.get("accountId"),
    })
  }
