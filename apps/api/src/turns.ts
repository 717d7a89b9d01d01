/** How long one goes on after the other before the event loop sees to others, in milliseconds. */
const SLICE_MILLIS = 0.5

export interface Turns {
  /** Does the work in its turn, never at once. */
  readonly take: (work: () => void) => void
  /** How many wait for theirs. */
  readonly waiting: () => number
}

/**
 * Makes a queue of work. The event loop reads all sockets that have something, and lets in one new connection, before it does
 * anything else: requests that were served as they are read would hold up whatever else came in, as long as there are any.
 *
 * @param hurried whether the event loop should come round as soon as it can: then one has its turn at a time, which costs half
 * as much again as several on end.
 */
export const makeTurns = (hurried: () => boolean = () => false): Turns => {
  const queue: Array<() => void> = []
  /** Where in the queue the next one is. */
  let next = 0

  const slice = (): void => {
    const end = hurried() ? 0 : performance.now() + SLICE_MILLIS
    do queue[next++]!()
    while (next < queue.length && performance.now() < end)
    queue.splice(0, next)
    next = 0
    if (queue.length > 0) setImmediate(slice)
  }

  return {
    take: (work) => {
      if (queue.push(work) === 1) setImmediate(slice)
    },
    waiting: () => queue.length - next,
  }
}
