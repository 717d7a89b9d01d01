import diagnostics from "node:diagnostics_channel"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { Agent, type Server } from "node:http"
import { connect, type Socket } from "node:net"
import { networkInterfaces } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import type { UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import { onTestFinished } from "vitest"
import { type CannotListen, cannotListen, serve, TIMEOUTS } from "../src/serve.ts"
import { ada, basic, CLIENT, NUMBERS, sign, startService } from "./service.ts"
import { listen } from "./socket.ts"

const NUMBER = { label: "home", number: "504-555-0123" }
const ONE = JSON.stringify({ phone_numbers: [NUMBER] })
const HUNDRED = JSON.stringify({ phone_numbers: Array.from({ length: 100 }, () => NUMBER) })
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/u

/** The head of a POST by Ada, whose proof needs no signature. */
const head = (fields: Record<string, string | number>) =>
  [
    `POST ${NUMBERS} HTTP/1.1`,
    ...Object.entries({ host: "h", ...basic(ada), ...fields }).map(([name, value]) => `${name}: ${value}`),
    "\r\n",
  ].join("\r\n")
const closing = { connection: "close" }

/** A store that holds each write before its turn until it is let go. */
const holding = () => {
  const gate = Promise.withResolvers<void>()
  const arrivals: Array<() => void> = []
  let arrived = 0
  return {
    unitOfWork: (store: UnitOfWork["Service"]): UnitOfWork["Service"] => ({
      ...store,
      run: (program) =>
        Effect.suspend(() => {
          arrived += 1
          for (const check of arrivals) check()
          return Effect.andThen(
            Effect.promise(() => gate.promise),
            store.run(program),
          )
        }),
    }),
    letGo: () => gate.resolve(),
    /** Settles once so many writes have come. */
    held: (count: number) =>
      new Promise<void>((resolve) => {
        const check = () => arrived >= count && resolve()
        arrivals.push(check)
        check()
      }),
  }
}

/** What the log has of answered requests. */
const requestsIn = (logged: ReadonlyArray<string>) =>
  logged.map((line) => JSON.parse(line)).filter(({ message }) => message === "request")

const saying = (words: string) => (lines: ReadonlyArray<string>) => lines.some((line) => line.includes(words))

describe("a signature over a socket", () => {
  interface Vector {
    readonly secret: string
    readonly string_to_sign: string
    readonly signature: string
  }
  const file = new URL("../../../packages/contract/test/signing-vectors.json", import.meta.url)
  const vectors = (JSON.parse(readFileSync(file, "utf8")) as ReadonlyArray<Vector>).filter((vector) =>
    vector.string_to_sign.includes("/v9/"),
  )

  it.each(vectors)("is let through: $string_to_sign", async ({ secret, string_to_sign, signature }) => {
    const { raw } = await listen({ owner: { token: ada.token, secret } })
    const [, method, host, path, tail = ""] = /^(\S+) ([^/]+)([^?]+)\?(.*)$/u.exec(string_to_sign)!
    const [query, body] = tail.startsWith("{") ? ["", tail] : [tail && `?${tail}`, ""]
    const request = (proof: string) =>
      raw(
        `${method} ${path}${query} HTTP/1.1\r\nhost: ${host}\r\nx-token: ${ada.token}\r\nx-signature: ${proof}\r\n` +
          `content-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`,
      )
    assert.notStrictEqual((await request(signature)).status, 401)
    assert.strictEqual((await request(signature.toLowerCase())).status, 401)
  })

  it.each([
    "?name=O'Brien",
    "?ids[]=2&ids[]=1",
    "?b=%7E&a=~",
    "?q=a+b%20c",
    '?q="<>`{}|^',
    "?path=//a/../b\\c",
    "?q=%zz&q=%",
    "?a=1?b=2#c",
    "?",
    "?&&b=1&a=2&",
  ])("200 for the bytes as sent: %s", async (query) => {
    const { raw } = await listen()
    const target = `/v9/clients/${CLIENT}${query}`
    const signature = sign(ada.secret, { method: "GET", host: "h", target, body: "" })
    const fields = `host: h\r\nx-token: ${ada.token}\r\nx-signature: ${signature}\r\nconnection: close\r\n\r\n`
    const { status } = await raw(`GET ${target} HTTP/1.1\r\n${fields}`)
    assert.strictEqual(status, 200)
  })

  it.each(["//clients/168019", "/it's/[1]/%7E+~", "/clients//168019", "/a%2Fb/%2e%2e/c", "/clients/1/../2/x"])(
    "404, not 401, for the path /v9%s as sent",
    async (path) => {
      const { send } = await listen()
      const { status, body } = await send("GET", `/v9${path}`)
      assert.strictEqual(status, 404)
      assert.match(body.error, /^The endpoint/u)
    },
  )

  it("401 for a target that was written anew before it was signed", async () => {
    const { send } = await listen()
    const signature = sign(ada.secret, { method: "GET", host: "127.0.0.1", target: "/v9/x?q=%27", body: "" })
    const headers = { "x-token": ada.token, "x-signature": signature }
    assert.strictEqual((await send("GET", "/v9/x?q='", undefined, { by: null, headers })).status, 401)
  })

  it("200 for a target in absolute form, signed as a path", async () => {
    const { raw } = await listen()
    const target = `/v9/clients/${CLIENT}?q='`
    const signature = sign(ada.secret, { method: "GET", host: "h", target, body: "" })
    const fields = `host: h\r\nx-token: ${ada.token}\r\nx-signature: ${signature}\r\nconnection: close\r\n\r\n`
    assert.strictEqual((await raw(`GET http://h${target} HTTP/1.1\r\n${fields}`)).status, 200)
  })

  it.each(["127.0.0.1", "127.0.0.1:port", "http://127.0.0.1:port"])("201 for the host %s", async (form) => {
    const { send, url } = await listen()
    const host = form.replace("port", new URL(url).port)
    assert.strictEqual((await send("POST", NUMBERS, ONE, { host })).status, 201)
  })

  it("201 whatever the Content-Type, none included", async () => {
    const { count, send } = await listen()
    for (const type of ["application/x-www-form-urlencoded", "text/plain", "multipart/form-data; boundary=x"]) {
      assert.strictEqual((await send("POST", NUMBERS, ONE, { headers: { "content-type": type } })).status, 201)
    }
    assert.strictEqual((await send("POST", NUMBERS, ONE)).status, 201)
    assert.strictEqual(count(), 4)
  })

  it("401 for two X-Token or two X-Signature headers", async () => {
    const { raw } = await listen()
    const signature = sign(ada.secret, { method: "GET", host: "h", target: "/v9/clients/1", body: "" })
    for (const [tokens, signatures] of [
      [2, 1],
      [1, 2],
    ] as const) {
      const fields = `x-token: ${ada.token}\r\n`.repeat(tokens) + `x-signature: ${signature}\r\n`.repeat(signatures)
      const { status } = await raw(`GET /v9/clients/1 HTTP/1.1\r\nhost: h\r\n${fields}connection: close\r\n\r\n`)
      assert.strictEqual(status, 401)
    }
  })
})

describe("a body over a socket", () => {
  it("201 in one piece, in many, and chunked", async () => {
    const { open } = await listen()
    const pieces = async (fields: Record<string, string | number>, sent: ReadonlyArray<string>) => {
      const connection = await open()
      connection.write(head({ ...fields, ...closing }))
      for (const piece of sent) {
        connection.write(piece)
        // Lets the piece travel by itself.
        await new Promise(setImmediate)
      }
      return (await connection.answer()).status
    }
    assert.strictEqual(await pieces({ "content-length": ONE.length }, [ONE]), 201)
    assert.strictEqual(await pieces({ "content-length": ONE.length }, Array.from(ONE)), 201)
    const chunks = Array.from(ONE).map((byte) => `1\r\n${byte}\r\n`)
    assert.strictEqual(await pieces({ "transfer-encoding": "chunked" }, [...chunks, "0\r\n\r\n"]), 201)
  })

  it("400 for none", async () => {
    const { raw } = await listen()
    assert.strictEqual((await raw(head({ ...closing }))).status, 400)
    assert.strictEqual((await raw(head({ ...closing, "content-length": 0 }))).status, 400)
    assert.strictEqual((await raw(`${head({ ...closing, "transfer-encoding": "chunked" })}0\r\n\r\n`)).status, 400)
  })

  it("413 before a byte of it is read, where it is announced", async () => {
    const { raw } = await listen()
    const { status, body } = await raw(head({ ...closing, "content-length": 2 ** 20 + 1 }))
    assert.strictEqual(status, 413)
    assert.strictEqual(body.error, "Payload Too Large")
  })

  it("413 in place of 100 Continue", async () => {
    const { open } = await listen()
    const connection = await open()
    connection.write(head({ ...closing, "content-length": 2 ** 21, expect: "100-continue" }))
    assert.match(await connection.told(), /^HTTP\/1\.1 413 /u)
  })

  it("413 at the limit, where it is chunked", async () => {
    const { count, open } = await listen()
    const connection = await open()
    connection.write(head({ ...closing, "transfer-encoding": "chunked" }))
    connection.write(`100001\r\n${" ".repeat(0x100001)}`)
    const { status, body } = await connection.answer()
    assert.strictEqual(status, 413)
    assert.strictEqual(body.error, "Payload Too Large")
    assert.strictEqual(count(), 0)
  })

  it("201 for 1 MiB, chunked", async () => {
    const { raw } = await listen()
    const body = ONE.padEnd(2 ** 20)
    const sent = `${head({ ...closing, "transfer-encoding": "chunked" })}100000\r\n${body}\r\n0\r\n\r\n`
    assert.strictEqual((await raw(sent)).status, 201)
  })

  it("413 reaches a client that reads only once it has sent all", async () => {
    const { open, send } = await listen()
    for (const fields of [{ "content-length": 2 ** 23 }, { "transfer-encoding": "chunked" }]) {
      const connection = await open()
      connection.write(head(fields))
      if ("transfer-encoding" in fields) connection.write(`${(2 ** 23).toString(16)}\r\n`)
      for (let part = 0; part < 8; part += 1) await connection.flush(" ".repeat(2 ** 20))
      await connection.hears("413 Payload Too Large")
    }
    assert.strictEqual((await send("POST", NUMBERS, " ".repeat(2 ** 23))).status, 413)
  })

  it.each([
    ["413", "413 Payload Too Large", { "content-length": 2 ** 23 }],
    ["413 of chunks", "413 Payload Too Large", { "transfer-encoding": "chunked" }],
    ["413 that was expected", "413 Payload Too Large", { "content-length": 2 ** 23, expect: "100-continue" }],
    ["401", "401 Unauthorized", { authorization: "", "transfer-encoding": "chunked" }],
    ["400 for a host of which no address can be made", "400 Bad Request", { host: "a b", "content-length": 2 ** 23 }],
  ])("%s reaches a client that sends all first, and asks to close", async (_, expected, fields) => {
    const { open } = await listen()
    const connection = await open()
    connection.write(head({ ...closing, ...fields }))
    if ("transfer-encoding" in fields) connection.write(`${(2 ** 23).toString(16)}\r\n`)
    for (let part = 0; part < 8; part += 1) await connection.flush(" ".repeat(2 ** 20))
    assert.include(await connection.told(), expected)
  })

  it("503 where large bodies in flight fill their budget, which they give back; small ones have their own", async () => {
    const { count, logs, open, send } = await listen()
    const almost = `${head({ "content-length": 2 ** 20 })}${" ".repeat(2 ** 20 - 1)}`
    const held = await Promise.all(Array.from({ length: 17 }, () => open()))
    for (const connection of held) connection.write(almost)
    await logs(saying('"status":503'))
    assert.strictEqual((await send("POST", NUMBERS, ONE)).status, 201)
    for (const connection of held) connection.abort()
    await logs(({ length }) => length > held.length)
    assert.strictEqual((await send("POST", NUMBERS, ONE.padEnd(2 ** 20))).status, 201)
    assert.strictEqual(count(), 2)
  })

  it("503 where bodies that wait for their commit fill it", async () => {
    const { letGo, unitOfWork } = holding()
    const { count, logs, send } = await listen({ unitOfWork })
    const large = ONE.padEnd(2 ** 20)
    const sent = Array.from({ length: 17 }, () => send("POST", NUMBERS, large))
    await logs(saying('"status":503'))
    letGo()
    const statuses = (await Promise.all(sent)).map(({ status }) => status)
    assert.deepEqual(statuses.toSorted(), [...Array<number>(16).fill(201), 503])
    assert.strictEqual((await send("POST", NUMBERS, large)).status, 201)
    assert.strictEqual(count(), 17)
  })

  describe("of a GET", () => {
    // `app.request` has none, and Node's client leaves its length to us.
    const headers = { "content-length": "2" }
    it.each(["GET", "HEAD"])("200 for a %s whose body is signed: its query is not, and is ignored", async (method) => {
      const { send } = await listen()
      await send("POST", NUMBERS, ONE)
      const query = "?per_page=0&label=nobody&label=twice&colour=%zz"
      const answer = await send(method, `${NUMBERS}${query}`, "{}", { headers })
      assert.strictEqual(answer.status, 200, answer.text)
      const link = `<${NUMBERS}?page=1&per_page=100>`
      assert.strictEqual(answer.headers.link, `${link}; rel="first", ${link}; rel="last"`)
      if (method === "GET") assert.strictEqual(answer.body.total_entries, 1)
    })
    it("200 for the other lists too", async () => {
      const { send } = await listen()
      const { status, body } = await send("GET", "/v9/clients?per_page=0", "{}", { headers })
      assert.deepEqual([status, body.total_entries], [200, 1])
      const found = await send("GET", "/v9/phone_numbers?number=504-555-0123", "{}", { headers })
      assert.deepEqual(
        [found.status, found.body.problems],
        [422, [{ parameter: "number", code: "blank", detail: "can't be blank" }]],
      )
    })
  })

  describe("whose Content-Length lies", () => {
    it("400 for one that is shorter", async () => {
      const { count, raw } = await listen()
      const { status, body } = await raw(head({ "content-length": ONE.length - 1 }) + ONE)
      assert.strictEqual(status, 400)
      assert.strictEqual(body.error, "Bad Request")
      assert.strictEqual(count(), 0)
    })
    it("401 for one that is shorter, signed", async () => {
      const { count, raw } = await listen()
      const signature = sign(ada.secret, { method: "POST", host: "h", target: NUMBERS, body: ONE })
      const proof = { "x-token": ada.token, "x-signature": signature }
      assert.strictEqual((await raw(head({ ...proof, "content-length": ONE.length - 1 }) + ONE)).status, 401)
      assert.strictEqual(count(), 0)
    })
    it("201 for a whole request, whatever follows it", async () => {
      const { count, raw } = await listen()
      const { status, headers } = await raw(`${head({ "content-length": ONE.length })}${ONE}garbage\r\n\r\n`)
      assert.strictEqual(status, 201)
      assert.strictEqual(headers.connection, "close")
      assert.strictEqual(count(), 1)
    })
    it("stores nothing of one that is longer, when the caller leaves", async () => {
      const { count, logs, open } = await listen()
      const connection = await open()
      connection.write(head({ "content-length": ONE.length + 1, expect: "100-continue" }))
      await connection.hears("100 Continue")
      connection.write(ONE)
      connection.abort()
      await logs(saying('"message":"request"'))
      assert.strictEqual(count(), 0)
    })
    it("408 for one that is longer, when the caller stays", async () => {
      const { count, raw } = await listen(
        {},
        { ...TIMEOUTS, headersTimeout: 500, requestTimeout: 500, connectionsCheckingInterval: 20 },
      )
      const { status, headers, body } = await raw(head({ "content-length": ONE.length + 1 }) + ONE)
      assert.strictEqual(status, 408)
      assert.strictEqual(headers.connection, "close")
      assert.strictEqual(body.error, "Request Timeout")
      assert.strictEqual(count(), 0)
    })
    it.each([
      ["negative", { "content-length": -1 }],
      ["no number", { "content-length": "1e3" }],
      ["beside chunks", { "content-length": 5, "transfer-encoding": "chunked" }],
    ])("400 for one that is %s", async (_, fields) => {
      const { count, raw } = await listen()
      assert.strictEqual((await raw(head(fields) + ONE)).status, 400)
      assert.strictEqual(count(), 0)
    })
  })
})

describe("what is no request", () => {
  it.each<[string, number, string, string]>([
    ["no HTTP", 400, "Bad Request", "hello\r\n\r\n"],
    ["TLS", 400, "Bad Request", "\u0016\u0003\u0001\u0002\0\u0001\0\u0001"],
    ["an unknown method", 400, "Bad Request", "FOO / HTTP/1.1\r\nhost: h\r\n\r\n"],
    ["a header without a name", 400, "Bad Request", "GET / HTTP/1.1\r\nhost: h\r\n: x\r\n\r\n"],
    ["a bad chunk", 400, "Bad Request", `${head({ "transfer-encoding": "chunked" })}zz\r\n`],
    ["no Host", 400, "Bad Request", "GET /v9/clients HTTP/1.1\r\n\r\n"],
    ["two Hosts", 400, "Bad Request", "GET /v9/clients HTTP/1.1\r\nhost: h\r\nhost: h\r\n\r\n"],
    ["a Host that is none", 400, "Bad Request", "GET /v9/clients HTTP/1.1\r\nhost: a/b\r\n\r\n"],
    ["a backslash in the path", 400, "Bad Request", "GET /v9\\clients HTTP/1.1\r\nhost: h\r\n\r\n"],
    ["a path that is not ASCII", 400, "Bad Request", "GET /v9/clients/é HTTP/1.1\r\nhost: h\r\n\r\n"],
    ["a target without a path", 400, "Bad Request", "OPTIONS * HTTP/1.1\r\nhost: h\r\n\r\n"],
    [
      "headers over 16 KiB",
      431,
      "Request Header Fields Too Large",
      `GET / HTTP/1.1\r\nhost: h\r\nx: ${"x".repeat(2 ** 14)}\r\n\r\n`,
    ],
    [
      "a target over 16 KiB",
      431,
      "Request Header Fields Too Large",
      `GET /${"x".repeat(2 ** 14)} HTTP/1.1\r\nhost: h\r\n\r\n`,
    ],
  ])("is answered in JSON: %s is %i", async (_, expected, error, bytes) => {
    const { logged, raw, send } = await listen()
    const { status, headers, body } = await raw(Buffer.from(bytes, "latin1"))
    assert.strictEqual(status, expected)
    const lines = requestsIn(logged)
    assert.lengthOf(lines, 1)
    assert.deepInclude(lines[0], { request_id: headers["x-request-id"], status })
    assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
    assert.strictEqual(headers.connection, "close")
    assert.match(headers["x-request-id"]!, UUID)
    assert.strictEqual(body.error, error)
    assert.strictEqual((await send("GET", "/healthz")).status, 200)
  })

  it("is not a request of HTTP/1.0 without a Host, as a load balancer sends it", async () => {
    const { raw } = await listen()
    assert.strictEqual((await raw("GET /healthz HTTP/1.0\r\n\r\n")).status, 200)
  })

  it("is named in the log as its caller named it, where that can be read", async () => {
    const { logged, raw } = await listen()
    const { headers } = await raw("PUT /v9/clients HTTP/1.1\r\nhost: a/b\r\nx-request-id: caller.1\r\n\r\n")
    assert.strictEqual(headers["x-request-id"], "caller.1")
    const [{ time, duration_ms, ...line }] = requestsIn(logged)
    assert.isDefined(time && duration_ms)
    assert.deepEqual(line, {
      level: "info",
      message: "request",
      request_id: "caller.1",
      method: "PUT",
      route: "*",
      status: 400,
    })
  })

  it("is counted, its time only where that is known", async () => {
    const { raw, send } = await listen()
    await raw("hello\r\n\r\n")
    await raw("GET / HTTP/1.1\r\nhost: a/b\r\n\r\n")
    const { text } = await send("GET", "/metrics")
    assert.include(text, 'phonebook_http_requests_total{method="*",route="*",status="400"} 1')
    assert.include(text, 'phonebook_http_requests_total{method="GET",route="*",status="400"} 1')
    assert.notInclude(text, 'phonebook_http_request_duration_seconds_count{method="*"')
    assert.include(text, 'phonebook_http_request_duration_seconds_count{method="GET",route="*"} 1')
  })

  it("405 for TRACE, without an echo", async () => {
    const { raw } = await listen()
    const fields = `host: h\r\nauthorization: ${basic(ada).authorization}\r\nconnection: close\r\n\r\n`
    const { status, text } = await raw(`TRACE /v9/clients/1 HTTP/1.1\r\n${fields}`)
    assert.strictEqual(status, 405)
    assert.notInclude(text, "authorization")
  })
})

describe("a slow request", () => {
  const SHORT = { ...TIMEOUTS, headersTimeout: 500, requestTimeout: 500, connectionsCheckingInterval: 20 }
  it("has 10 s for its headers, 30 s in all, and 60 s until the next", async () => {
    assert.deepInclude(TIMEOUTS, { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 60_000 })
    const { send } = await listen()
    const { headers } = await send("GET", "/", undefined, { headers: { connection: "keep-alive" } })
    assert.strictEqual(headers["keep-alive"], "timeout=60")
  })
  const ROUTE = "/v9/clients/:client_id/phone_numbers"
  it.each<[string, string, object]>([
    ["nothing", "", { method: "*", route: "*" }],
    ["half a head", `POST ${NUMBERS} HTTP/1.1\r\nhost: h\r\n`, { method: "*", route: "*" }],
    ["half a body", `${head({ "content-length": ONE.length })}${ONE.slice(0, 9)}`, { method: "POST", route: ROUTE }],
  ])("408 after %s, the connection is closed, and one line says so", async (_, bytes, asked) => {
    const { count, logged, raw } = await listen({}, SHORT)
    const { status, headers, body } = await raw(bytes)
    assert.strictEqual(status, 408)
    assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
    assert.strictEqual(headers.connection, "close")
    assert.strictEqual(body.error, "Request Timeout")
    assert.strictEqual(count(), 0)
    const lines = requestsIn(logged)
    assert.lengthOf(lines, 1)
    assert.deepInclude(lines[0], { request_id: headers["x-request-id"], status, ...asked })
  })
  it("413 alone for one that was refused, and whose rest never comes", async () => {
    const { logged, open } = await listen({}, SHORT)
    const connection = await open()
    connection.write(head({ "content-length": 2 ** 21 }))
    assert.lengthOf((await connection.told()).match(/HTTP\/1\.1 /gu)!, 1)
    assert.strictEqual((await connection.answer()).status, 413)
    assert.deepEqual(
      requestsIn(logged).map(({ status }) => status),
      [413],
    )
  })
  it("200 for one that is answered without its body, which never comes", async () => {
    const waiting = Promise.withResolvers<void>()
    const answering = Promise.withResolvers<void>()
    const { logged, open } = await listen(
      {
        unitOfWork: (store) => ({
          ...store,
          ready: Effect.promise(() => {
            waiting.resolve()
            return answering.promise
          }),
        }),
      },
      SHORT,
    )
    const connection = await open()
    const timedOut = Promise.withResolvers<void>()
    const see = (message: unknown) => {
      const { server } = message as { server: Server }
      server.once("clientError", () => timedOut.resolve())
    }
    diagnostics.subscribe("http.server.request.start", see)
    connection.write("GET /readyz HTTP/1.1\r\nhost: h\r\ncontent-length: 9\r\n\r\n")
    await waiting.promise
    diagnostics.unsubscribe("http.server.request.start", see)
    await timedOut.promise
    answering.resolve()
    const { status, headers } = await connection.answer()
    assert.deepEqual([status, headers.connection], [200, "close"])
    assert.deepEqual(
      requestsIn(logged).map((line) => line.status),
      [200],
    )
  })
  it.each<[string, string]>([
    ["head", `POST ${NUMBERS} HTTP/1.1\r\nhost: h\r\nx: `],
    ["body", head({ "content-length": 2 ** 20 })],
  ])("408 for one whose %s comes byte by byte, however long that goes on", async (_, start) => {
    const { open } = await listen({}, SHORT)
    const connection = await open()
    connection.write(start)
    const dripping = setInterval(() => connection.write("x"), 1)
    onTestFinished(() => clearInterval(dripping))
    assert.strictEqual((await connection.answer()).status, 408)
  })
})

describe("a connection", () => {
  it("is closed where its client reads no answer", async () => {
    const { url } = await listen({}, { ...TIMEOUTS, keepAliveTimeout: 500 })
    const seen = Promise.withResolvers<Socket>()
    const see = (message: unknown) => seen.resolve((message as { socket: Socket }).socket)
    diagnostics.subscribe("http.server.request.start", see)
    const { hostname, port } = new URL(url)
    const client = connect(Number(port), hostname)
    onTestFinished(() => void client.destroy())
    // More than the kernel holds for the two.
    client.write("GET /docs/swagger-ui-bundle.js HTTP/1.1\r\nhost: h\r\n\r\n".repeat(30))
    const socket = await seen.promise
    diagnostics.unsubscribe("http.server.request.start", see)
    if (!socket.closed) await once(socket, "close")
    assert.isTrue(socket.closed)
  })

  it("serves on after a 401 whose body nobody read", async () => {
    const { open } = await listen()
    const connection = await open()
    const body = " ".repeat(2 ** 20)
    connection.write(
      `POST ${NUMBERS} HTTP/1.1\r\nhost: h\r\nx-token: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
    )
    await connection.hears("401 Unauthorized")
    connection.write(`GET /healthz HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n`)
    await connection.hears('{"status":"ok"}')
    assert.strictEqual((await connection.answer()).status, 401)
  })

  it("is used again for request after request, refused or not", async () => {
    const { sending } = await listen()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const sockets = new Set<unknown>()
    agent.on("free", (socket) => sockets.add(socket))
    const send = sending(agent)
    const statuses = [
      await send("POST", NUMBERS, ONE),
      await send("POST", NUMBERS, "{"),
      await send("POST", NUMBERS, " ".repeat(2 ** 20), { by: null }),
      await send("POST", NUMBERS, {}),
      await send("DELETE", "/v9/clients"),
      await send("GET", "/v9/clients/1"),
      await send("POST", NUMBERS, ONE),
    ].map(({ status }) => status)
    agent.destroy()
    assert.deepEqual(statuses, [201, 400, 401, 422, 405, 404, 201])
    assert.lengthOf([...sockets], 1)
  })

  it("carries requests one behind the other, answered in their order", async () => {
    const { open } = await listen()
    const connection = await open()
    const get = (path: string, last = "") => `GET ${path} HTTP/1.1\r\nhost: h\r\n${last}\r\n`
    connection.write(
      head({ "content-length": ONE.length }) + ONE + get("/healthz") + get("/nope", "connection: close\r\n"),
    )
    const told = await connection.told()
    assert.deepEqual(told.match(/"total_entries":1|"status":"ok"|The endpoint/gu), [
      '"total_entries":1',
      '"status":"ok"',
      "The endpoint",
    ])
  })

  it("takes the caller's request id, and gives one where there is none", async () => {
    const { send } = await listen()
    const given = await send("GET", "/", undefined, { headers: { "x-request-id": "caller.1" } })
    assert.strictEqual(given.headers["x-request-id"], "caller.1")
    const made = await send("GET", "/", undefined, { headers: { "x-request-id": "caller 1" } })
    assert.match(made.headers["x-request-id"]!, UUID)
  })

  it("serves who expects what it does not know", async () => {
    const { raw } = await listen()
    const { status, body } = await raw(
      "GET /healthz HTTP/1.1\r\nhost: h\r\nexpect: wonders\r\nconnection: close\r\n\r\n",
    )
    assert.deepEqual({ status, body }, { status: 200, body: { status: "ok" } })
  })
})

describe("requests that came together", () => {
  const request = (method: string, target: string, body = "", proof: Readonly<Record<string, string>> = basic(ada)) => {
    const fields = Object.entries({ host: "h", ...proof, "content-length": body.length })
    return `${method} ${target} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body}`
  }
  const reading = request("GET", `/v9/clients/${CLIENT}`)
  const writing = request("PUT", `${NUMBERS}/1`, "{}")
  // Refused once they are read: whoever waits for a commit lets others go first anyway.
  const forged = { "x-token": ada.token, "x-signature": "forged" }
  const writingMuch = request("PUT", `${NUMBERS}/1`, `{"label":"${"x".repeat(20_000)}"}`, forged)

  const MANY = 500

  /** Connections of many and one of somebody else, all let in: each has had an answer. */
  const manyAndOne = async (open: Awaited<ReturnType<typeof listen>>["open"], count = MANY) => {
    const letIn = async () => {
      const connection = await open()
      connection.write(request("GET", "/healthz"))
      await connection.hears('"ok"')
      return connection
    }
    const [one, ...many] = await Promise.all(Array.from({ length: 1 + count }, letIn))
    return { flood: (bytes: string) => Promise.all(many.map(({ flush }) => flush(bytes))), one: one! }
  }

  it.each([
    { many: "read", bytes: reading, other: { method: "PUT", bytes: writing } },
    { many: "write", bytes: writing, other: { method: "GET", bytes: reading } },
    { many: "write much", bytes: writingMuch, other: { method: "GET", bytes: reading } },
  ])("are answered before all who $many are, where they do the other", async ({ bytes, other }) => {
    const { logged, logs, open } = await listen()
    const { flood, one } = await manyAndOne(open)
    await flood(bytes)
    one.write(other.bytes)
    await logs((lines) => lines.filter((line) => line.includes('"request"')).length === 2 * (1 + MANY))
    const place = requestsIn(logged).findIndex(({ method }, index) => index > MANY && method === other.method) - MANY
    assert.isBelow(place, MANY / 2)
  })

  it("are not carried out where their caller left meanwhile", async () => {
    const { count, logged, logs, open, send } = await listen()
    const { phone_numbers } = (await send("POST", NUMBERS, ONE)).body
    const { flood, one } = await manyAndOne(open)
    await flood(writing)
    await one.flush(request("DELETE", `${NUMBERS}/${phone_numbers[0].id}`))
    one.abort()
    await logs(saying('"method":"DELETE"'))
    assert.strictEqual(requestsIn(logged).find(({ method }) => method === "DELETE")?.status, 499)
    assert.strictEqual(count(), 1)
  })

  it("are done one after the other where one connection sends them, whatever their length", async () => {
    const { open, send } = await listen()
    const { phone_numbers } = (await send("POST", NUMBERS, ONE)).body
    const target = `${NUMBERS}/${phone_numbers[0].id}`
    const label = (value: string, spaces: number) => request("PUT", target, `{"label":"${value}"}${" ".repeat(spaces)}`)
    const { flood, one } = await manyAndOne(open)
    await flood(writing)
    one.write(label("first", 0) + label("second", 70_000) + label("third", 70_000))
    await one.hears('"third"')
    assert.strictEqual((await send("GET", target)).body.label, "third")
  })

  it("leave room for further connections while those come in", async () => {
    const { logged, logs, open } = await listen()
    const { flood } = await manyAndOne(open)
    await flood(reading)
    const late = Array.from({ length: 300 }, () => open())
    for (const connection of late) void connection.then(({ write }) => write(request("GET", "/healthz")))
    await logs((lines) => lines.length === 1 + 2 * MANY + late.length)
    assert.notStrictEqual(requestsIn(logged).at(-1)?.route, "/healthz")
  })

  it("are counted while they wait", async () => {
    const { open } = await listen()
    const waiting = async (connection: Awaited<ReturnType<typeof open>>) => {
      connection.write(request("GET", "/metrics", "", closing))
      return Number(/^phonebook_http_requests_waiting (\d+)$/mu.exec(await connection.told())?.[1])
    }
    const { flood, one } = await manyAndOne(open)
    assert.strictEqual(await waiting(await open()), 0)
    await flood(writing)
    assert.isAbove(await waiting(one), 1)
  })

  it("are refused in their turn where more came than may wait, and those who do the other are not", async () => {
    const { logged, logs, open, send } = await listen()
    // Of some 18 KB each: 16 MiB may wait.
    const count = 1100
    const { flood, one } = await manyAndOne(open, count)
    await flood(request("PUT", `${NUMBERS}/1`, "{}".padEnd(16_000)))
    one.write(reading)
    await logs((lines) => lines.filter((line) => line.includes('"request"')).length === 2 * (1 + count))
    const answers = requestsIn(logged).map(({ method, status }) => `${method} ${status}`)
    const refused = answers.filter((answer) => answer === "PUT 503").length
    assert.isAbove(refused, 0)
    assert.strictEqual(answers.filter((answer) => answer === "PUT 404").length, count - refused)
    assert.isAbove(count - refused, 800)
    assert.isAbove(answers.indexOf("PUT 503"), answers.indexOf("PUT 404"))
    assert.include(answers, "GET 200")
    assert.notInclude(answers, "GET 503")
    // What they took up is given back.
    assert.strictEqual((await send("PUT", `${NUMBERS}/1`, "{}".padEnd(16_000))).status, 404)
  })

  it("end a connection that sends on and on without waiting for an answer, and nothing else", async () => {
    const { open, send } = await listen()
    const hasty = await open()
    hasty.write(reading.repeat(32))
    await hasty.hears("HTTP/1.1 200")
    hasty.write(reading.repeat(1000))
    assert.isBelow((await hasty.told()).split("HTTP/1.1 200").length, 1000)
    assert.strictEqual((await send("GET", "/healthz")).status, 200)
  })
})

describe("an aborted request", () => {
  it("stores nothing when its caller left before its turn, and breaks nothing of the others", async () => {
    const { held, letGo, unitOfWork } = holding()
    const { count, logs, open, send } = await listen({ unitOfWork })
    const leaving = await open()
    leaving.write(head({ "content-length": HUNDRED.length }) + HUNDRED)
    const staying = [send("POST", NUMBERS, ONE), send("POST", NUMBERS, ONE)]
    await held(3)
    leaving.abort()
    await logs(saying('"status":499'))
    letGo()
    for (const { status } of await Promise.all(staying)) assert.strictEqual(status, 201)
    assert.strictEqual(count(), 2)
  })

  it("leaves all of its batch or nothing, whenever its caller leaves", async () => {
    const { count, logged, open, send } = await listen()
    const sent = head({ "content-length": HUNDRED.length }) + HUNDRED
    const connections = await Promise.all(Array.from({ length: 20 }, () => open()))
    const staying = connections.map(async (connection, index) => {
      connection.write(sent)
      // One turn of the event loop later each: some are still read, some wait for their commit, some are answered.
      for (let turn = 0; turn < index; turn += 1) await new Promise(setImmediate)
      connection.abort()
      return send("POST", NUMBERS, HUNDRED)
    })
    for (const { status } of await Promise.all(staying)) assert.strictEqual(status, 201)
    const answered = logged.filter((line) => line.includes('"status":201')).length
    assert.strictEqual(count() % 100, 0)
    assert.isAtLeast(count(), 100 * answered)
    const { status } = await send("GET", `/v9/clients/${CLIENT}`)
    assert.strictEqual(status, 200)
  })

  it("is no fault, cut off in its head or in its body", async () => {
    const { count, logged, logs, open, send } = await listen()
    const headless = await open()
    headless.write("POST /v9")
    headless.abort()
    for (const part of ["", ONE.slice(0, 9)]) {
      const connection = await open()
      connection.write(head({ "content-length": 99, expect: "100-continue" }))
      // The app waits for the body now.
      await connection.hears("100 Continue")
      connection.write(part)
      connection.abort()
    }
    await logs((lines) => requestsIn(lines).length === 2)
    assert.strictEqual((await send("GET", "/healthz")).status, 200)
    assert.deepEqual(
      requestsIn(logged).map(({ status }) => status),
      [499, 499, 200],
    )
    assert.strictEqual(count(), 0)
    assert.notInclude(logged.join(""), '"error"')
  })
})

describe("drain", () => {
  it.each(["", "expect: 100-continue\r\n"])(
    "answers what is in flight, takes nothing new, and ends (%j)",
    async (more) => {
      const { held, letGo, unitOfWork } = holding()
      const { count, drain, open, send, sending } = await listen({ unitOfWork })
      const agent = new Agent({ keepAlive: true })
      const idle = await open()
      const reading = await open()
      reading.write(head({ "content-length": ONE.length, expect: "100-continue" }))
      await reading.hears("100 Continue")
      const writing = sending(agent)("POST", NUMBERS, ONE)
      await held(1)

      const drained = drain()
      const refused = await send("GET", "/healthz").catch((error: NodeJS.ErrnoException) => error.code)
      assert.strictEqual(refused, "ECONNREFUSED")
      reading.write(`${ONE}GET /healthz HTTP/1.1\r\nhost: h\r\n${more}\r\n`)
      await held(2)
      letGo()
      assert.strictEqual((await writing).status, 201)
      assert.strictEqual((await reading.answer()).status, 201)
      assert.match(await reading.told(), /200 OK(?:.|\r\n)*connection: close/iu)
      assert.strictEqual((await idle.answer()).text, "")
      await drained
      assert.strictEqual(count(), 2)
      agent.destroy()
    },
  )
})

describe("serve", () => {
  const refused = async (host: string, port: number) => {
    const { app } = await startService()
    return serve(app, { host, port }).then(
      () => assert.fail("it listens"),
      (error: CannotListen) => error,
    )
  }

  it("names a busy port and the cure", async () => {
    const { url } = await listen()
    const port = Number(new URL(url).port)
    const { _tag, message } = await refused("127.0.0.1", port)
    assert.strictEqual(_tag, "CannotListen")
    assert.include(message, `port ${port} is in use`)
    assert.include(message, `PORT=`)
  })
  it("names a HOST that is not of this machine", async () => {
    assert.include((await refused("192.0.2.1", 0)).message, "HOST=192.0.2.1")
  })
  it.each(["ENOTFOUND", "EAI_AGAIN"])("names a HOST of which the resolver says %s", (code) => {
    const { message } = cannotListen(Object.assign(new Error("getaddrinfo"), { code }), "nowhere", 3000)
    assert.strictEqual(message, "HOST=nowhere cannot be resolved")
  })
  it("names HOST and PORT whatever goes wrong", () => {
    const { message } = cannotListen(Object.assign(new Error("too many open files"), { code: "EMFILE" }), "h", 3000)
    assert.strictEqual(message, "HOST=h PORT=3000 cannot be listened on: too many open files")
  })

  const ipv6 = Object.values(networkInterfaces()).some((of) => of?.some(({ address }) => address === "::1"))
  it.runIf(ipv6)(
    `listens on IPv6 under an address that can be called${ipv6 ? "" : " (not here: there is no ::1)"}`,
    async () => {
      const { app } = await startService()
      const { drain, url } = await serve(app, { host: "::1", port: 0 })
      assert.match(url, /^http:\/\/\[::1\]:\d+$/u)
      await drain()
    },
  )
})
