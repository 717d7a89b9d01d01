import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { setTimeout as delay } from "node:timers/promises"

/** How long an answer may take, in milliseconds: a server that hangs ends the bench. */
const ANSWER_TIMEOUT = 30_000

export interface Load {
  readonly url: string
  /** As they travel; sent in turn by all connections, and again from the first. */
  readonly requests: ReadonlyArray<Uint8Array>
  readonly connections: number
  /** How long is measured. */
  readonly seconds: number
  /** How long all connections are at work before, from when the last of them has had its first answer. */
  readonly warmSeconds: number
  /** Milliseconds from one request of a connection to its next; as fast as they are answered where absent. */
  readonly every?: number
  /** The only statuses that may be answered. */
  readonly statuses: ReadonlyArray<number>
}

export interface Measured {
  /** Answers a second of the first of the statuses. */
  readonly rate: number
  /** Milliseconds, of the answers with the first of the statuses. */
  readonly latencies: ReadonlyArray<number>
  /** Answers of each status while it was measured. */
  readonly answers: Readonly<Record<number, number>>
  /** Milliseconds from when all sent their first request until the last of them was answered. */
  readonly untilAllAnswered: number
  /** Answers with the first of the statuses from the first request on, the ones that were not measured included. */
  readonly total: number
}

/**
 * One request at a time on each connection. By hand: general load generators (autocannon) count latencies in whole
 * milliseconds, and the client should take as little as it can of the processors that it shares with the server.
 */
export const load = async (given: Load): Promise<Measured> => {
  const sockets = await Promise.all(Array.from({ length: given.connections }, () => open(given.url)))
  // A busy server lets in one connection after the other, and those that wait for it would be measured as its answers.
  const sentAt = performance.now()
  let unanswered = given.connections
  let untilAllAnswered = Infinity
  let [begin, end] = [Infinity, Infinity]
  const firstAnswer = () => {
    if (--unanswered > 0) return
    untilAllAnswered = performance.now() - sentAt
    begin = performance.now() + given.warmSeconds * 1000
    end = begin + given.seconds * 1000
  }
  const latencies: Array<number> = []
  const answers: Record<number, number> = {}
  let next = 0
  let total = 0

  const work = async (socket: Socket, index: number): Promise<void> => {
    const connection = client(socket)
    // The connections of a load that keeps a pace begin one after the other.
    let due = performance.now() + ((given.every ?? 0) * index) / given.connections
    for (let first = true; ; first = false) {
      let since = performance.now()
      if (given.every !== undefined) {
        // Late because of the answer before, not of our timer: then the wait began when it was due.
        if (since > due) since = due
        else {
          await delay(due - since)
          since = performance.now()
        }
        due += given.every
      }
      if (since >= end) break
      const status = await connection(given.requests[next++ % given.requests.length]!)
      const now = performance.now()
      if (first) firstAnswer()
      if (!given.statuses.includes(status)) throw new Error(`${given.url} answered ${status}`)
      if (status === given.statuses[0]) total++
      if (now < begin || now >= end) continue
      answers[status] = (answers[status] ?? 0) + 1
      if (status === given.statuses[0]) latencies.push(now - since)
    }
  }

  try {
    await Promise.all(sockets.map(work))
  } finally {
    for (const socket of sockets) socket.destroy()
  }
  return { rate: latencies.length / given.seconds, latencies, answers, untilAllAnswered, total }
}

const open = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port), noDelay: true })
  await once(socket, "connect")
  return socket
}

/** Sends a request and answers the status, once the whole answer is there. */
const client = (socket: Socket): ((request: Uint8Array) => Promise<number>) => {
  let { promise, resolve, reject } = Promise.withResolvers<number>()
  let received: Buffer | undefined
  const fail = (error: Error) => reject(error)
  socket.on("error", fail).on("close", () => fail(new Error("the server closed a connection")))
  socket.setTimeout(ANSWER_TIMEOUT, () => fail(new Error("no answer in time")))
  socket.on("data", (chunk: Buffer) => {
    received = received === undefined ? chunk : Buffer.concat([received, chunk])
    const headEnd = received.indexOf("\r\n\r\n")
    if (headEnd < 0) return
    const head = received.toString("latin1", 0, headEnd)
    const length = /\r\ncontent-length: *(\d+)/iu.exec(head)?.[1]
    if (length === undefined) return fail(new Error(`an answer without Content-Length: ${head}`))
    if (received.length < headEnd + 4 + Number(length)) return
    received = undefined
    resolve(Number(head.slice(9, 12)))
  })
  // Of a connection between two requests, nobody listens to the failure yet.
  promise.catch(() => {})
  return (request) => {
    ;({ promise, resolve, reject } = Promise.withResolvers<number>())
    if (socket.destroyed) reject(new Error("the server closed a connection"))
    else socket.write(request)
    return promise
  }
}
