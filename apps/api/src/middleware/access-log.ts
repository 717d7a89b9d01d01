import type { Context, MiddlewareHandler } from "hono"
import { matchedRoutes } from "hono/route"
import type { Env } from "../answer.ts"
import type { Log } from "../log.ts"
import type { Metrics } from "../metrics.ts"

/** The pattern that was matched, `*` for an address that no route has: middleware and the last resort match everything. */
const routeOf = (c: Context<Env>): string => matchedRoutes(c).find(({ path }) => !path.endsWith("*"))?.path ?? "*"

/** A line and a measurement of each request, by the route's pattern: the URL itself may hold what a log must not. */
export const accessLog =
  (log: Log, metrics: Metrics): MiddlewareHandler<Env> =>
  async (c, next) => {
    const start = performance.now()
    await next()
    const milliseconds = performance.now() - start
    const request = { method: c.req.method, route: routeOf(c), status: c.res.status }
    metrics.request({ ...request, seconds: milliseconds / 1000 })
    log.info("request", {
      request_id: c.get("requestId"),
      ...request,
      duration_ms: Math.round(milliseconds * 1000) / 1000,
      account_id: c.get("accountId"),
    })
  }
