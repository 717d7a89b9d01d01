import { Effect } from "effect"

/** How long requests go on, one after the other, before the event loop sees to others, in milliseconds. */
const SLICE_MILLIS = 0.5

/**
 * Makes the wait for one's turn. The event loop reads all sockets that have something before it does anything else: requests
 * that went on as they are read would hold up whatever else came in, answers and commits included, as long as there are any.
 */
export const makeTurns = (): Effect.Effect<void> => {
  const waiting: Array<() => void> = []

  const slice = (): void => {
    const end = performance.now() + SLICE_MILLIS
    let count = 0
    // Who went away meanwhile has its turn too: it does nothing with it.
    do waiting[count++]!()
    while (count < waiting.length && performance.now() < end)
    waiting.splice(0, count)
    if (waiting.length > 0) setImmediate(slice)
  }

  return Effect.callback<void>((resume) => {
    if (waiting.push(() => resume(Effect.void)) === 1) setImmediate(slice)
  })
}
