import type { AccountId } from "@phonebook/domain"
import type { Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"

export interface AnsweredRequest {
  readonly requestId: string
  /** `*` for what came without one that can be read. */
  readonly method: string
  /** The pattern of its route, `*` for an address that no route has: the URL itself may hold what a log must not. */
  readonly route: string
  readonly status: number
  /** From its headers to its answer; none where headers never came. */
  readonly milliseconds?: number
  readonly accountId?: AccountId | undefined
}

export type AccessLog = (request: AnsweredRequest) => void

/** Writes a line and a measurement of each answered request. */
export const makeAccessLog =
  (log: Log, metrics: Metrics): AccessLog =>
  ({ requestId, method, route, status, milliseconds, accountId }) => {
    metrics.request({ method, route, status, seconds: milliseconds === undefined ? undefined : milliseconds / 1000 })
    log.info("request", {
      request_id: requestId,
      method,
      route,
      status,
      duration_ms: milliseconds === undefined ? undefined : Math.round(milliseconds * 1000) / 1000,
      account_id: accountId,
    })
  }
