import type { IncomingMessage } from "node:http"
import type { Bindings } from "./answer.ts"
import { isGivenUp } from "./body.ts"

/** How long nothing may come of a body that nobody wants, in milliseconds, until its connection is closed. */
const QUIET_MILLIS = 1000

/** Drops what comes of a body; settles when no more of it does. */
const dropRest = (incoming: IncomingMessage): Promise<void> =>
  new Promise((resolve) => {
    if (incoming.destroyed) return resolve()
    const end = () => {
      clearTimeout(quiet)
      resolve()
    }
    const quiet = setTimeout(end, QUIET_MILLIS)
    incoming.once("close", end).on("data", () => quiet.refresh())
  })

/**
 * The same answer; where it is the last on its connection and the caller is still sending, it ends only once all was sent.
 * To close a connection that has unread bytes resets it, and whoever reads no answer before having sent all never sees it.
 * The time that Node gives a whole request ends this too.
 */
export const linger = async (response: Response, { incoming, outgoing }: Partial<Bindings>): Promise<Response> => {
  if (incoming?.complete !== false || outgoing?.shouldKeepAlive !== false || isGivenUp(incoming)) return response
  const bytes = new Uint8Array(await response.arrayBuffer())
  const body = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(bytes)
      await dropRest(incoming)
      controller.close()
    },
  })
  const { status, headers } = response
  headers.set("content-length", String(bytes.length))
  return new Response(body, { status, headers })
}
