import type { Failure } from "./failure.ts"

/** What the first wait is at most, in milliseconds; each further one may be twice as long. */
const BASE_DELAY = 500
const MAX_DELAY = 8_000
/** The longest Retry-After that is waited for, in seconds: beyond it the caller should decide. */
const MAX_RETRY_AFTER = 60

/**
 * How long to wait before a retry, in milliseconds; null where none can help: an answer that the same request would get
 * again, or one that asks for too long a wait.
 *
 * @param retry how many there were before
 * @param random from 0 to below 1; it spreads callers that failed together
 */
export const delayBefore = (retry: number, failure: Failure, random: () => number): number | null => {
  const backoff = random() * Math.min(MAX_DELAY, BASE_DELAY * 2 ** retry)
  if (failure.kind === "network" || failure.kind === "timeout") return backoff
  if (failure.kind !== "unavailable") return null
  const seconds = failure.retryAfter ?? 0
  return seconds > MAX_RETRY_AFTER ? null : seconds * 1000 + backoff
}

/** Waits so many milliseconds; rejects when the signal aborts. */
export const wait = (milliseconds: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const abort = () => {
      clearTimeout(timer)
      reject(signal?.reason as unknown)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort)
      resolve()
    }, milliseconds)
    signal?.addEventListener("abort", abort, { once: true })
  })
