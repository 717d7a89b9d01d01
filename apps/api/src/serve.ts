import { createServer, type ServerResponse, STATUS_CODES } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { getRequestListener } from "@hono/node-server"
import { errors } from "@phonebook/contract"
import { Data } from "effect"
import type { Hono } from "hono"
import type { Env } from "./answer.ts"

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
/** How long a drain waits for requests in flight, in milliseconds: under the ten seconds that a supervisor gives. */
const DRAIN_TIMEOUT = 8_000

/** What Node's parser refuses, before there is a request for the app to answer. */
const refusals: Readonly<Record<string, readonly [status: number, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, errors.timeout],
  HPE_HEADER_OVERFLOW: [431, errors.headersTooLarge],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, errors.tooLarge],
}

const unreadable = (error: string, reason: string) => {
  const body = JSON.stringify({ error, message: `The request could not be read (${reason})` })
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "content-length": `${Buffer.byteLength(body)}`,
    "x-request-id": crypto.randomUUID(),
    connection: "close",
  }
  return { body, headers }
}

const refuse = (error: NodeJS.ErrnoException, socket: Socket & { _httpMessage?: ServerResponse | null }): void => {
  const answering = socket._httpMessage
  if (answering?.req.complete === true) {
    // What cannot be read came after a whole request, whose answer it must not take the place of: the last one.
    answering.shouldKeepAlive = false
    return
  }
  // Once an answer has begun on this connection, anything written now would be read as a part of it.
  if (socket.writable && answering?.headersSent !== true) {
    const [status, text] = refusals[error.code ?? ""] ?? [400, errors.badRequest]
    const { body, headers } = unreadable(text, error.code ?? "unknown")
    const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${fields.join("")}\r\n${body}`)
  }
  socket.destroy(error)
}

export interface Serving {
  /** Where it listens: `http://127.0.0.1:3000`. */
  readonly url: string
  /** Takes no more connections, lets what is in flight be answered, and settles when every connection is closed. */
  readonly drain: () => Promise<void>
}

/** Why it could not listen, with the cure, in one line. */
export class CannotListen extends Data.TaggedError("CannotListen")<{ readonly message: string }> {}

const cannotListen = (error: NodeJS.ErrnoException, host: string, port: number) => {
  const cures: Readonly<Record<string, string>> = {
    EADDRINUSE: `port ${port} is in use: stop what holds it, or choose another, as in PORT=${port + 1} (0 takes any free one)`,
    EACCES: `port ${port} needs a privilege: choose one over 1023, as in PORT=3000`,
    EADDRNOTAVAIL: `HOST=${host} is no address of this machine`,
    ENOTFOUND: `HOST=${host} cannot be resolved`,
  }
  return new CannotListen({ message: cures[error.code ?? ""] ?? error.message })
}

/** Listens; rejects with CannotListen where it can't. Port 0 takes any free one. */
export const serve = async (
  app: Hono<Env>,
  { host, port }: { readonly host: string; readonly port: number },
  timeouts: Readonly<typeof TIMEOUTS> = TIMEOUTS,
): Promise<Serving> => {
  const listener = getRequestListener(app.fetch, {
    // Bodies are read or refused by `body.ts`; what a refused one leaves behind is Node's to drop.
    autoCleanupIncoming: false,
    // A target or a host of which no URL can be made.
    errorHandler: (error) => {
      const { body, headers } = unreadable(errors.badRequest, (error as Error).message)
      return new Response(body, { status: 400, headers })
    },
  })
  // A host that is missing is refused by the listener, as every answer is: in JSON.
  const server = createServer({ ...timeouts, requireHostHeader: false }, listener)
  server.on("clientError", refuse)
  server.timeout = timeouts.keepAliveTimeout

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(cannotListen(error, host, port)))
    server.listen(port, host, resolve)
  })
  const address = server.address() as AddressInfo
  const name = address.family === "IPv6" ? `[${address.address}]` : address.address

  return {
    url: `http://${name}:${address.port}`,
    drain: () =>
      new Promise((resolve) => {
        // Whoever is told so sends nothing more.
        server.prependListener("request", (_, response) => void (response.shouldKeepAlive = false))
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
