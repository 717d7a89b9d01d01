import { createHmac } from "node:crypto"
import { EventEmitter, once } from "node:events"
import { type SignedRequest, partsToSign } from "@phonebook/contract"
import { type AccountId, ClientId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Database, layer, plantClient } from "@phonebook/persistence"
import { Context, Effect, ManagedRuntime, Redacted } from "effect"
import { onTestFinished } from "vitest"
import { makeAccessLog } from "../src/access-log.ts"
import { type AppOptions, makeApp } from "../src/app.ts"
import { makeMetrics } from "../src/metrics.ts"
import { makeLog } from "../src/log.ts"

export interface Caller {
  readonly token: string
  readonly secret: string
}
export const ada: Caller = { token: "ada0".repeat(8), secret: "adas-secret:/+=~".padEnd(40, "!") }
export const bob: Caller = { token: "bob0".repeat(8), secret: "bobs-secret".padEnd(40, "?") }

/** A client of Ada's account; nothing in Bob's. */
export const CLIENT = 168019
export const NUMBERS = `/v9/clients/${CLIENT}/phone_numbers`

export const sign = (secret: string, request: SignedRequest): string => {
  const [head, tail] = partsToSign(request)
  return createHmac("sha256", secret).update(head, "latin1").update(tail).digest("base64")
}
export const basic = ({ token, secret }: Caller) => ({
  authorization: `Basic ${Buffer.from(`${token}:${secret}`).toString("base64")}`,
})

export type Headers = Readonly<Record<string, string | ReadonlyArray<string>>>

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly text: string
  /** The text as JSON, where it is an object. */
  readonly body: ReturnType<typeof JSON.parse>
}

/** Sends one request, as it stands. */
type Transport = (method: string, target: string, headers: Headers, body: Buffer | undefined) => Promise<Answer>

export interface SendOptions {
  /** Who signs; null for nobody. */
  readonly by?: Caller | null
  /** The host that is signed. */
  readonly host?: string
  readonly headers?: Headers
}

const bytesOf = (body: unknown): Buffer | undefined => {
  if (body === undefined || body instanceof Buffer) return body
  return Buffer.from(typeof body === "string" ? body : JSON.stringify(body))
}

/** Sends signed requests: an object as its JSON, text and bytes as they are. */
export const signing =
  (transport: Transport, itsHost: string) =>
  (method: string, target: string, body?: unknown, { by = ada, host = itsHost, headers }: SendOptions = {}) => {
    const bytes = bytesOf(body)
    const signature = by && {
      "x-token": by.token,
      "x-signature": sign(by.secret, { method, host, target, body: bytes ?? "" }),
    }
    return transport(method, target, { ...signature, ...headers }, bytes)
  }
export type Send = ReturnType<typeof signing>

export interface ServiceOptions extends Partial<Omit<AppOptions, "context" | "log">> {
  /** Stands between the app and the store. */
  readonly unitOfWork?: (store: UnitOfWork["Service"]) => UnitOfWork["Service"]
  /** Whose the client is. */
  readonly owner?: Caller
}

const prepare = Effect.fnUntraced(function* (owner: Caller) {
  const { run } = yield* UnitOfWork
  const insert = ({ token, secret }: Caller) =>
    run(CredentialRepository.use((credentials) => credentials.insert({ token, secret: Redacted.make(secret) })))
  const accountId = yield* insert(owner)
  yield* insert(bob)
  yield* plantClient(accountId, { id: ClientId.make(CLIENT), name: "Ada Lovelace", updatedAt: 1_500_000_000 })
  return accountId
})

/** The real app on a real store of its own, in memory, until the test ends. */
export const startService = async ({ unitOfWork, owner = ada, ...options }: ServiceOptions = {}) => {
  const secretKey = Redacted.make("0123456789abcdef".repeat(4))
  const runtime = ManagedRuntime.make(layer({ file: ":memory:", secretKey }))
  onTestFinished(() => runtime.dispose())
  const accountId: AccountId = await runtime.runPromise(prepare(owner))
  const context = await runtime.context()
  const { sqlite } = Context.get(context, Database).writer
  const store = Context.get(context, UnitOfWork)

  const logged: Array<string> = []
  const writing = new EventEmitter()
  const log = makeLog("debug", (line) => {
    logged.push(line)
    writing.emit("line")
  })
  const metrics = makeMetrics()
  const app = makeApp({
    context: Context.make(UnitOfWork, unitOfWork?.(store) ?? store),
    log,
    defaultCountryCode: "1",
    metrics,
    draining: () => false,
    basicAuth: true,
    hosts: [],
    ...options,
  })

  const request: Transport = async (method, target, headers, body) => {
    const list = Object.entries(headers).flatMap(([name, values]) =>
      [values].flat().map((value): [string, string] => [name, value as string]),
    )
    const response = await app.request(target, { method, headers: list, ...(body && { body: new Uint8Array(body) }) })
    const text = await response.text()
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      text,
      body: text.startsWith("{") ? JSON.parse(text) : undefined,
    }
  }

  return {
    app,
    logAccess: makeAccessLog(log, metrics),
    metrics,
    accountId,
    /** What was logged, line by line. */
    logged,
    /** Settles once the log is as asked. */
    logs: async (enough: (lines: ReadonlyArray<string>) => boolean) => {
      while (!enough(logged)) await once(writing, "line")
    },
    send: signing(request, "localhost"),
    /** How many records are stored, of all clients. */
    count: (table = "phone_numbers") => sqlite.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()!,
    execute: (sql: string): void => void sqlite.exec(sql),
  }
}
