import { demoCredential, makeApp, makeLog, makeMetrics, serve } from "@phonebook/api"
import { ClientId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { layer, plantClient } from "@phonebook/persistence"
import { Context, Effect, ManagedRuntime, Redacted } from "effect"
import { onTestFinished } from "vitest"
import { createPhonebookClient, type PhonebookError, type PhonebookOptions } from "../src/index.ts"

/** A client of the demo's account. */
export const CLIENT = 168019

export const credential = { token: demoCredential.token, secret: Redacted.value(demoCredential.secret) }

const prepare = Effect.gen(function* () {
  const { run } = yield* UnitOfWork
  const accountId = yield* run(CredentialRepository.use((credentials) => credentials.insert(demoCredential)))
  yield* plantClient(accountId, { id: ClientId.make(CLIENT), name: "Will Smith", updatedAt: 1_500_000_000 })
})

/** The real service on a real store of its own, in memory, listening until the test ends; and a client of it. */
export const startService = async (options: Partial<PhonebookOptions> = {}) => {
  const secretKey = Redacted.make("0123456789abcdef".repeat(4))
  const runtime = ManagedRuntime.make(layer({ file: ":memory:", secretKey }))
  onTestFinished(() => runtime.dispose())
  await runtime.runPromise(prepare)

  const logged: Array<string> = []
  const app = makeApp({
    context: Context.make(UnitOfWork, Context.get(await runtime.context(), UnitOfWork)),
    log: makeLog("info", (line) => logged.push(line)),
    metrics: makeMetrics(),
    draining: () => false,
    defaultCountryCode: "1",
    basicAuth: false,
    hosts: [],
  })
  const { url, drain } = await serve(app, { host: "127.0.0.1", port: 0 })
  onTestFinished(drain)

  const clientWith = (more: Partial<PhonebookOptions>) =>
    createPhonebookClient({ baseUrl: url, ...credential, ...options, ...more })
  return {
    url,
    /** What the service logged, line by line. */
    logged,
    phonebook: clientWith({}),
    clientWith,
  }
}

/** What a call was rejected with. */
export const rejection = async (call: Promise<unknown>): Promise<PhonebookError> => {
  const outcome = await call.then(
    () => new Error("the call succeeded"),
    (error: unknown) => error as PhonebookError,
  )
  return outcome as PhonebookError
}

/** All that an iterator yields. */
export const collect = async <Entry>(entries: AsyncIterable<Entry>): Promise<ReadonlyArray<Entry>> => {
  const all: Array<Entry> = []
  for await (const entry of entries) all.push(entry)
  return all
}
