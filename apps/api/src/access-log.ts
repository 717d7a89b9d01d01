import type { Context } from "hono"
import type { Env } from "./answer.ts"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"

/**
 * Writes a line and a measurement of each answered request, by the pattern of its route (`*` for an address that no route
 * has): the URL itself may hold what a log must not.
 */
export const makeAccessLog =
  (log: Log, metrics: Metrics) =>
  (c: Context<Env>, route: string, status: number, milliseconds: number): void => {
    const request = { method: c.req.method, route, status }
    metrics.request({ ...request, seconds: milliseconds / 1000 })
    log.info("request", {
      request_id: c.get("requestId"),
      ...request,
      duration_ms: Math.round(milliseconds * 1000) / 1000,
      account_id: c.get("accountId"),
    })
  }
