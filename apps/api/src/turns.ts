import { Effect } from "effect"

/** How long requests go on, one after the other, before the event loop sees to others, in milliseconds. */
const SLICE_MILLIS = 0.5
/** More of it where the event loop took long to come round: this part of that time, so that busy readers leave some to writers. */
const SHARE = 1 / 4

/**
 * Makes the wait for one's turn. The event loop reads all sockets that have something before it does anything else: requests
 * that went on as they are read would hold up whatever else came in, answers and commits included, as long as there are any.
 * Those that wait are bounded by the connections and by the bytes of their bodies.
 */
export const makeTurns = (): Effect.Effect<void> => {
  const waiting: Array<() => void> = []
  let askedAt = 0

  const ask = (): void => {
    askedAt = performance.now()
    setImmediate(slice)
  }

  const slice = (): void => {
    const start = performance.now()
    const end = start + Math.max(SLICE_MILLIS, SHARE * (start - askedAt))
    let count = 0
    // Who went away meanwhile has its turn too: it does nothing with it.
    do waiting[count++]!()
    while (count < waiting.length && performance.now() < end)
    waiting.splice(0, count)
    if (waiting.length > 0) ask()
  }

  return Effect.callback<void>((resume) => {
    if (waiting.push(() => resume(Effect.void)) === 1) ask()
  })
}
