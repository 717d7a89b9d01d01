import type { Server } from "node:http"
import { STATUS_CODES } from "node:http"
import type { AddressInfo, Socket } from "node:net"
import { createAdaptorServer } from "@hono/node-server"
import { errors } from "@phonebook/contract"
import { Data } from "effect"
import type { Hono } from "hono"
import type { Env } from "./answer.ts"

/** How long the headers of a request may take, in milliseconds. */
const HEADERS_TIMEOUT = 10_000
/** How long a whole request may take to arrive, in milliseconds. */
const REQUEST_TIMEOUT = 30_000
/** How long a connection may be idle between requests, in milliseconds. */
const IDLE_TIMEOUT = 60_000
/** How often connections are held against the time-outs, in milliseconds. */
const CHECK_INTERVAL = 1_000
/** How long a drain waits for requests in flight, in milliseconds: under the ten seconds that a supervisor gives. */
const DRAIN_TIMEOUT = 8_000

/** What Node's parser refuses, before there is a request for the app to answer. */
const refusals: Readonly<Record<string, readonly [status: number, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, errors.timeout],
  HPE_HEADER_OVERFLOW: [431, errors.headersTooLarge],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, errors.tooLarge],
}

const refuse = (
  error: NodeJS.ErrnoException,
  socket: Socket & { _httpMessage?: { headersSent: boolean } | null },
): void => {
  // Once an answer has begun on this connection, anything written now would be read as a part of it.
  if (socket.writable && socket._httpMessage?.headersSent !== true) {
    const [status, text] = refusals[error.code ?? ""] ?? [400, errors.badRequest]
    const body = JSON.stringify({ error: text, message: `The request could not be read (${error.code ?? "unknown"})` })
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/json; charset=utf-8\r\n` +
        `x-request-id: ${crypto.randomUUID()}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    )
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
): Promise<Serving> => {
  const server = createAdaptorServer({
    fetch: app.fetch,
    // Bodies are read or refused by `body.ts`; what a refused one leaves behind is Node's to drop.
    autoCleanupIncoming: false,
    serverOptions: {
      headersTimeout: HEADERS_TIMEOUT,
      requestTimeout: REQUEST_TIMEOUT,
      keepAliveTimeout: IDLE_TIMEOUT,
      connectionsCheckingInterval: CHECK_INTERVAL,
    },
  }) as Server
  server.on("clientError", refuse)

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
