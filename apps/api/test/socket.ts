import { once } from "node:events"
import { type Agent, request } from "node:http"
import { connect, type Socket } from "node:net"
import { text } from "node:stream/consumers"
import { onTestFinished } from "vitest"
import { serve } from "../src/serve.ts"
import { type Answer, type ServiceOptions, signing, startService } from "./service.ts"

const answerOf = (status: number, headers: Answer["headers"], content: string): Answer => ({
  status,
  headers,
  text: content,
  body: content.startsWith("{") ? JSON.parse(content) : undefined,
})

/** The first answer in what a connection was told, but for `100 Continue`. */
const parse = (told: string): Answer => {
  const [head = "", ...rest] = told.replace(/^HTTP\/1\.1 100 .*\r\n\r\n/u, "").split("\r\n\r\n")
  const [line = "", ...fields] = head.split("\r\n")
  const headers = fields.map((field) => /^([^:]+): *(.*)$/u.exec(field)!.slice(1) as [string, string])
  const byName = Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
  const length = Number(byName["content-length"] ?? 0)
  return answerOf(Number(line.split(" ")[1]), byName, rest.join("\r\n\r\n").slice(0, length))
}

/** Clients of a server that listens at `url`. */
export const clientsOf = (url: string) => {
  const { hostname, port } = new URL(url)

  /** A connection that sends what it is told, byte for byte. */
  const open = async () => {
    const socket: Socket = connect(Number(port), hostname)
    onTestFinished(() => void socket.destroy())
    await once(socket, "connect")
    let told = ""
    socket.setEncoding("latin1").on("data", (chunk: string) => (told += chunk))
    // A server that closes before it has read everything resets the connection; what it said counts all the same.
    const closed = new Promise<void>((resolve) => void socket.on("error", () => {}).once("close", () => resolve()))
    return {
      write: (bytes: string | Buffer) => void socket.write(bytes),
      /** Settles once the bytes are on their way; rejects where the server has closed. */
      flush: (bytes: string) =>
        new Promise<void>(
          (resolve, reject) => void socket.write(bytes, (error) => (error ? reject(error) : resolve())),
        ),
      /** Leaves without a word. */
      abort: () => void socket.resetAndDestroy(),
      /** Settles once it was told these words. */
      hears: async (words: string) => {
        while (!told.includes(words)) await once(socket, "data")
      },
      /** All that it was told before the server closed it. */
      told: () => closed.then(() => told),
      answer: () => closed.then(() => parse(told)),
    }
  }

  return {
    open,
    /** Sends bytes on a connection of their own and answers what came back until it was closed. */
    raw: async (bytes: string | Buffer) => {
      const connection = await open()
      connection.write(bytes)
      return connection.answer()
    },
    sending: (agent?: Agent) =>
      signing(async (method, target, headers, body) => {
        const options = {
          host: hostname,
          port,
          method,
          path: target,
          agent,
          headers: { ...headers } as Record<string, string>,
        }
        const outgoing = request(options)
        // An error before the answer rejects; one after it is of a body that the server did not want.
        outgoing.on("error", () => {})
        outgoing.end(body)
        const [incoming] = await once(outgoing, "response")
        return answerOf(incoming.statusCode, incoming.headers, await text(incoming))
      }, hostname),
  }
}

/** The service of `startService`, listening. */
export const listen = async (options: ServiceOptions = {}, timeouts: Parameters<typeof serve>[2] = undefined) => {
  const service = await startService(options)
  const { app, logAccess, metrics } = service
  const serving = await serve(app, { host: "127.0.0.1", port: 0, logAccess, metrics }, timeouts)
  onTestFinished(() => serving.drain())
  const clients = clientsOf(serving.url)
  return { ...service, ...serving, ...clients, send: clients.sending() }
}
