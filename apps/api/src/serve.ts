import { createServer, type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { getRequestListener, RequestError } from "@hono/node-server"
import { Data } from "effect"
import type { Hono } from "hono"
import type { AccessLog } from "./access-log.ts"
import type { Bindings, Env } from "./answer.ts"
import { announcedLength, giveUp, MAX_BODY_BYTES } from "./body.ts"
import { type Door, makeDoor } from "./door.ts"
import { Unreadable } from "./failures.ts"
import { linger } from "./linger.ts"
import type { Metrics } from "./metrics.ts"
import { answerTo, fault } from "./problems.ts"
import { requestIdOf } from "./request-id.ts"

/** How long a connection may take, in milliseconds, under the names that Node gives them. */
export const TIMEOUTS = {
  /** Until the headers of a request are in. */
  headersTimeout: 10_000,
  /** Until the whole request is in. */
  requestTimeout: 30_000,
  /** Idle: between requests, or with an answer that nobody reads. */
  keepAliveTimeout: 60_000,
  /** How often connections are held against the first two. */
  connectionsCheckingInterval: 1_000,
}
/** Most connections at a time, some 70 KB each: further ones are closed at once. */
const MAX_CONNECTIONS = 10_000
/** How long a drain waits for requests in flight, in milliseconds: under the ten seconds that a supervisor gives. */
const DRAIN_TIMEOUT = 8_000

/** The answer to what never becomes a request of the app, and the last one on its connection. */
const refusal = (reason: string, requestId: string) => {
  const { status, body } = answerTo(new Unreadable({ reason }))
  const text = JSON.stringify(body)
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": `${Buffer.byteLength(text)}`,
    "x-request-id": requestId,
    connection: "close",
  }
  return { status, text, headers }
}

/** Answers what Node's parser cannot read, or not in time. */
const refusing =
  (lastOn: Door["lastOn"], logAccess: AccessLog) =>
  (error: NodeJS.ErrnoException, socket: Socket): void => {
    const reason = error.code ?? "unknown"
    const last = lastOn(socket)
    const answered = last?.headersSent === true && !last.req.complete
    if (!socket.writable || answered) {
      // Nobody is there, or what cannot be read is the rest of a request that has its answer.
      socket.destroy(error)
    } else if (last !== undefined && !last.writableFinished) {
      // It is the app's to answer, and its answer is the last one: nothing after it can be read.
      last.shouldKeepAlive = false
      if (!last.req.complete) giveUp(last.req, new Unreadable({ reason }))
    } else {
      const requestId = requestIdOf(undefined)
      const { status, text, headers } = refusal(reason, requestId)
      const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
      socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join("")}\r\n${text}`)
      socket.destroy(error)
      logAccess({ requestId, method: "*", route: "*", status })
    }
  }

/** The values of its Host lines. */
const hostsOf = ({ rawHeaders }: IncomingMessage): ReadonlyArray<string> =>
  rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]!.toLowerCase() === "host")

export interface Serving {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string
  /** Takes no more connections, lets what is in flight be answered, and settles when every connection is closed. */
  readonly drain: () => Promise<void>
}

/** Why it could not listen, with the cure, in one line. */
export class CannotListen extends Data.TaggedError("CannotListen")<{ readonly message: string }> {}

/** What Node says of an address that it cannot listen on, and the cure. */
export const cannotListen = (error: NodeJS.ErrnoException, host: string, port: number): CannotListen => {
  const unresolved = `HOST=${host} cannot be resolved`
  const cures: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use: stop what holds it, or choose another, as in PORT=${port + 1} (0 takes any free one)`,
    EACCES: `port ${port} needs a privilege: choose one over 1023, as in PORT=3000`,
    EADDRNOTAVAIL: `HOST=${host} is no address of this machine`,
    ENOTFOUND: unresolved,
    // No resolver answers, as in a container without a network.
    EAI_AGAIN: unresolved,
  }
  const message = cures[error.code ?? ""] ?? `HOST=${host} PORT=${port} cannot be listened on: ${error.message}`
  return new CannotListen({ message })
}

export interface ServeOptions {
  readonly host: string
  readonly port: number
  /** Told of the requests that are answered here, because the app never sees them. */
  readonly logAccess?: AccessLog
  readonly metrics?: Pick<Metrics, "watchTurns">
}

/** Listens; rejects with CannotListen where it can't. Port 0 takes any free one. */
export const serve = async (
  app: Hono<Env>,
  { host, port, logAccess = () => {}, metrics }: ServeOptions,
  timeouts: Readonly<typeof TIMEOUTS> = TIMEOUTS,
): Promise<Serving> => {
  // Set just before the listener is called, which calls `app.fetch` and `errorHandler` at once, and gives them less.
  let handed: Bindings
  const listener = getRequestListener((request) => app.fetch(request, handed), {
    // Bodies are read or refused by `body.ts`; what a refused one leaves behind is Node's to drop.
    autoCleanupIncoming: false,
    errorHandler: (error) => {
      if (!(error instanceof RequestError)) return Response.json(fault.body, { status: fault.status })
      // A target or a host of which no URL can be made.
      const { incoming, arrivedAt } = handed
      const requestId = requestIdOf(incoming.headers["x-request-id"]?.toString())
      const { status, text, headers } = refusal(error.message, requestId)
      const milliseconds = performance.now() - arrivedAt
      logAccess({ requestId, method: incoming.method ?? "*", route: "*", status, milliseconds })
      return linger(new Response(text, { status, headers }), handed)
    },
  })
  const door = makeDoor({
    handOver: (request) => {
      handed = request
      const { incoming } = request
      const hosts = hostsOf(incoming)
      // Node takes the first of several, and a proxy maybe another: as a list they are no host, and are refused.
      if (hosts.length > 1) incoming.headers.host = hosts.join(", ")
      // Only HTTP/1.1 asks for one; what probes a service often speaks the older one.
      else if (incoming.httpVersion === "1.0") incoming.headers.host ??= "localhost"
      void listener(incoming, request.outgoing)
    },
    metrics,
  })
  // A host that is missing is refused by the listener, as every answer is: in JSON.
  const server = createServer({ ...timeouts, requireHostHeader: false }, door.enter)
  server.on("connection", door.connected)
  // Nobody is asked for a body that is too large; who sends it all the same has the answer once it was sent (`linger.ts`).
  server.on("checkContinue", (incoming, outgoing) => {
    if ((announcedLength(incoming) ?? 0) <= MAX_BODY_BYTES) outgoing.writeContinue()
    else outgoing.shouldKeepAlive = false
    door.enter(incoming, outgoing)
  })
  // Node would answer 417, in its own words; whatever else a client expects, it may be served.
  server.on("checkExpectation", door.enter)
  server.on("clientError", refusing(door.lastOn, logAccess))
  server.timeout = timeouts.keepAliveTimeout
  server.maxConnections = MAX_CONNECTIONS

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)))
    // Of those who come at once the kernel drops what is over this (and over its own bound), and asks again only seconds later.
    server.listen({ port, host, backlog: MAX_CONNECTIONS }, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address

  return {
    url: `http://${name}:${address.port}`,
    drain: () =>
      new Promise((resolve) => {
        // Whoever is told so sends nothing more.
        for (const event of ["request", "checkContinue", "checkExpectation"]) {
          server.prependListener(event, (_, response: ServerResponse) => void (response.shouldKeepAlive = false))
        }
        // A connection that was busy when the drain began turns idle later, and Node would keep it alive.
        const sweep = setInterval(() => server.closeIdleConnections(), 50)
        const deadline = setTimeout(() => server.closeAllConnections(), DRAIN_TIMEOUT)
        server.close(() => {
          clearInterval(sweep)
          clearTimeout(deadline)
          resolve()
        })
      }),
  }
}
