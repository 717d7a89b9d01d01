import { once } from "node:events"
import { connect } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { TIMEOUTS } from "../../src/serve.ts"
import { listen } from "../socket.ts"
import { damaged } from "./bodies.ts"
import { assertDocumented } from "./documented.ts"
import { type HostileRequest, hostileRequest } from "./requests.ts"
import { ROUNDS, SEED } from "./rounds.ts"

const SHORT = { headersTimeout: 50, requestTimeout: 50, keepAliveTimeout: 100, connectionsCheckingInterval: 10 }

const bytesOf = ({ method, target, headers, body }: HostileRequest): Buffer => {
  const fields = { host: "h", connection: "close", ...(body && { "content-length": body.length }), ...headers }
  const head = Object.entries(fields).map(([name, value]) => `${name}: ${String(value)}\r\n`)
  const line = `${method} ${target} HTTP/1.1\r\n`
  return Buffer.concat([Buffer.from(`${line}${head.join("")}\r\n`, "latin1"), body ?? Buffer.alloc(0)])
}

/** To /v9, whose answers have a body, and all of it JSON. */
const plain = hostileRequest.filter(({ method, target }) => method !== "HEAD" && target.startsWith("/v9/"))
const sent = plain.map(bytesOf)
/** As text, a character a byte: so a failure can be read. */
const bytes = fc
  .oneof(
    sent,
    { arbitrary: damaged(damaged(sent)), weight: 3 },
    fc.tuple(sent, damaged(sent)).map((both) => Buffer.concat(both)),
    fc.uint8Array({ maxLength: 200 }).map((garbage) => Buffer.from(garbage)),
  )
  .map((sending) => sending.toString("latin1"))

/** All that was told until the server closed the connection. */
const tell = async (port: number, request: string): Promise<Buffer> => {
  const socket = connect(port, "127.0.0.1")
  const told: Array<Buffer> = []
  socket.on("error", () => {}).on("data", (chunk: Buffer) => told.push(chunk))
  socket.write(request, "latin1")
  await once(socket, "close").catch(() => {})
  return Buffer.concat(told)
}

/** Holds every answer in what a connection was told to what is documented; answers how many there were. */
const assertAnswers = (told: Buffer): number => {
  const end = told.indexOf("\r\n\r\n")
  if (end < 0) return 0
  const head = told.toString("latin1", 0, end)
  const rest = told.subarray(end + 4)
  const status = Number(/^HTTP\/1\.1 (\d{3}) /u.exec(head)?.[1])
  if (status === 100) return assertAnswers(rest)
  const field = (name: string) => new RegExp(`\r\n${name}: ([^\r]*)`, "iu").exec(head)?.[1]
  const length = Number(field("content-length") ?? 0)
  // The end of an answer may be lost where the server closes before it has read everything.
  if (rest.length < length) return 1
  assertDocumented({ asked: null, status, requestId: field("x-request-id"), text: rest.toString("utf8", 0, length) })
  return 1 + assertAnswers(rest.subarray(length))
}

describe("whatever bytes come", () => {
  it.each(ROUNDS)("each answer is as documented, and every connection ends (round %i)", async (round) => {
    const { logged, send, url } = await listen({}, { ...TIMEOUTS, ...SHORT })
    const port = Number(new URL(url).port)
    let answers = 0
    const property = fc.asyncProperty(fc.array(bytes, { minLength: 20, maxLength: 20 }), async (requests) => {
      const told = await Promise.all(requests.map((request) => tell(port, request)))
      for (const each of told) answers += assertAnswers(each)
    })
    await fc.assert(property, { numRuns: 15, seed: SEED + round })
    assert.isAbove(answers, 100)
    assert.notInclude(logged.join(""), '"level":"error"')
    assert.strictEqual((await send("GET", "/healthz")).status, 200)
  })
})
