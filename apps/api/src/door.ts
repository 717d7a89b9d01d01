import type { IncomingMessage, ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Bindings } from "./answer.ts"
import { announcedLength, isShort } from "./body.ts"
import { isRead } from "./method.ts"
import type { Metrics } from "./metrics.ts"
import { makeTurns } from "./turns.ts"

/**
 * Most bytes of a connection's requests that may lie in memory without an answer to any of them: with more, it is closed. Node
 * reads on as long as nobody answers, and hardly a client sends a second request before its first is answered.
 */
const MAX_HELD_BYTES = 160 * 1024
/** What a request costs besides its body, about. */
const HEAD_BYTES = 2048
/** Most bytes of a body that Node reads before it is asked to. */
const MAX_UNREAD_BYTES = 64 * 1024
/**
 * Most bytes of requests that may wait in a queue to be served: some 7,500 creates of one number, 1,400 of a hundred. Those
 * beyond, which wait to be refused, are bounded by the connections alone.
 */
const MAX_QUEUED_BYTES = 16 * 1024 * 1024

/** What is known of a connection. */
interface Connection {
  /** The response to its last request. */
  last: ServerResponse | undefined
  /** Bytes of its last request. */
  lastBytes: number
  /** Bytes of all its requests that have no answer yet; of the last one also after that. */
  held: number
}

/**
 * Makes a queue of requests. One that comes when too much waits is refused, and only in its turn: who is told at once
 * comes again at once, and of those who do there would be only refusals.
 */
const makeQueue = (handOver: (request: Bindings) => void, hurried: () => boolean) => {
  const turns = makeTurns(hurried)
  let queuedBytes = 0

  return {
    join: (request: Bindings, bytes: number): void => {
      if (queuedBytes + bytes > MAX_QUEUED_BYTES) {
        return turns.take(() => handOver({ ...request, isExcess: true }))
      }
      queuedBytes += bytes
      turns.take(() => {
        queuedBytes -= bytes
        handOver(request)
      })
    },
    waiting: turns.waiting,
  }
}

export interface DoorOptions {
  /** Serves a request. */
  readonly handOver: (request: Bindings) => void
  readonly metrics: Pick<Metrics, "watchTurns"> | undefined
}

export interface Door {
  readonly enter: (incoming: IncomingMessage, outgoing: ServerResponse) => void
  /** Told of each new connection. */
  readonly connected: (socket: Socket) => void
  /** The response to the last request of a connection. */
  readonly lastOn: (socket: Socket) => ServerResponse | undefined
}

/**
 * Where requests wait until they are served: for the answer to the one before them on their connection, and, under /v9, for
 * their turn. Who reads and who writes have a queue each, so that neither waits for all of the others. A long body is read
 * first, so that its budget counts it, and its request has its turn after, in a third queue (`guards/authenticate.ts`).
 */
export const makeDoor = ({ handOver, metrics }: DoorOptions): Door => {
  const connections = new WeakMap<Socket, Connection>()
  // The event loop lets in one connection each time it comes round: others are likely to wait.
  let lettingIn = false
  const [readers, writers] = [makeQueue(handOver, () => lettingIn), makeQueue(handOver, () => lettingIn)]
  metrics?.watchTurns(() => readers.waiting() + writers.waiting())

  return {
    enter: (incoming, outgoing) => {
      const announced = announcedLength(incoming)
      const hasTurn = incoming.url!.startsWith("/v9/") && isShort(announced)
      const request: Bindings = { incoming, outgoing, arrivedAt: performance.now(), hasTurn, isExcess: false }
      const bytes = HEAD_BYTES + Math.min(announced ?? MAX_UNREAD_BYTES, MAX_UNREAD_BYTES)
      const begin = () => {
        if (hasTurn) (isRead(incoming.method) ? readers : writers).join(request, bytes)
        else handOver(request)
      }

      const connection = connections.get(incoming.socket)!
      const { last: before, lastBytes: bytesBefore } = connection
      connection.last = outgoing
      connection.lastBytes = bytes
      if (before === undefined || before.closed) {
        connection.held = bytes
        return begin()
      }
      connection.held += bytes
      if (connection.held > MAX_HELD_BYTES) return void incoming.socket.destroy()
      before.once("close", () => {
        connection.held -= bytesBefore
        begin()
      })
    },
    connected: (socket) => {
      connections.set(socket, { last: undefined, lastBytes: 0, held: 0 })
      lettingIn = true
      setImmediate(() => (lettingIn = false))
    },
    lastOn: (socket) => connections.get(socket)?.last,
  }
}
