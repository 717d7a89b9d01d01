import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Bindings } from "./answer.ts"
import { isShort } from "./body.ts"
import { isRead } from "./method.ts"
import type { Metrics } from "./metrics.ts"
import { makeTurns } from "./turns.ts"

/**
 * Most requests of a connection that may be without an answer: with more, it is closed. They lie in memory, and Node reads on
 * as long as nobody answers; hardly a client sends a second one before its first is answered.
 */
const MAX_UNANSWERED = 32

/** What is known of a connection. */
interface Connection {
  /** To its last request. */
  last: ServerResponse
  unanswered: number
}

export interface DoorOptions {
  /** Serves a request. */
  readonly handOver: (request: Bindings) => void
  readonly metrics: Pick<Metrics, "watchTurns"> | undefined
}

export interface Door {
  readonly enter: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  /** Told of each new connection. */
  readonly connected: () => void
  /** The response to the last request of a connection. */
  readonly lastOn: (socket: Socket) => ServerResponse | undefined
}

/**
 * Where requests wait until they are served: for the answer to the one before them on their connection, and, under /v9, for
 * their turn. Who reads and who writes has a queue each, so that neither waits for all of the others. A long body is read
 * first, within its budget, and has its turn then: it would lie in memory meanwhile.
 */
export const makeDoor = ({ handOver, metrics }: DoorOptions): Door => {
  const connections = new WeakMap<Socket, Connection>()
  // The event loop lets in one connection each time it comes round: others are likely to wait.
  let lettingIn = false
  const [readers, writers] = [makeTurns(() => lettingIn), makeTurns(() => lettingIn)]
  metrics?.watchTurns(() => readers.waiting() + writers.waiting())

  return {
    enter: (incoming, outgoing) => {
      const hasTurn = incoming.url!.startsWith("/v9/") && isShort(incoming)
      const request: Bindings = { incoming, outgoing, arrivedAt: performance.now(), hasTurn }
      const begin = () => {
        if (hasTurn) (isRead(incoming.method) ? readers : writers).take(() => handOver(request))
        else handOver(request)
      }

      const connection = connections.get(incoming.socket) ?? { last: outgoing, unanswered: 0 }
      const before = connection.last
      connection.last = outgoing
      connection.unanswered++
      connections.set(incoming.socket, connection)
      outgoing.once("close", () => connection.unanswered--)
      if (connection.unanswered > MAX_UNANSWERED) incoming.socket.destroy()
      else if (connection.unanswered > 1) before.once("close", begin)
      else begin()
    },
    connected: () => {
      lettingIn = true
      setImmediate(() => (lettingIn = false))
    },
    lastOn: (socket) => connections.get(socket)?.last,
  }
}
