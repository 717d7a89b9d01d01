import { demoCredential, makeApp, makeLog, makeMetrics, portSetting, serve } from "@phonebook/api"
import { ClientId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { layer, plantClient } from "@phonebook/persistence"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { exchanges } from "./exchanges.ts"
import { send } from "./send.ts"
import { invitation } from "./invitation.ts"

const FILE = "data/demo.db"
/** The client of the published page's examples. */
const CLIENT_ID = ClientId.make(168_019)

const say = (text: string) => process.stdout.write(`${text}\n`)

/** Puts the demo's account, credential and client where they are not there yet. */
const plant = Effect.gen(function* () {
  const unitOfWork = yield* UnitOfWork
  yield* unitOfWork.run(
    Effect.gen(function* () {
      const credentials = yield* CredentialRepository
      if ((yield* credentials.find(demoCredential.token)) === null) yield* credentials.insert(demoCredential)
    }),
  )
  const credential = yield* unitOfWork.read(CredentialRepository.use(({ find }) => find(demoCredential.token)))
  if (credential !== null) {
    yield* plantClient(credential.accountId, {
      id: CLIENT_ID,
      name: "Will Smith",
      updatedAt: Math.floor(Date.now() / 1000),
    })
  }
})

/** Serves a database of its own on loopback, shows the documented exchanges, and goes on serving until Ctrl-C. */
const main = async (): Promise<void> => {
  const port = await Effect.runPromise(portSetting)
  const runtime = ManagedRuntime.make(layer({ file: FILE }))
  try {
    await runtime.runPromise(plant)
    const app = makeApp({
      context: await runtime.context(),
      log: makeLog("warn", (line) => process.stderr.write(line)),
      defaultCountryCode: "1",
      basicAuth: true,
      metrics: makeMetrics(),
      draining: () => false,
      hosts: [],
    })
    const { url, drain } = await serve(app, { host: "127.0.0.1", port })
    const caller = { url, token: demoCredential.token, secret: Redacted.value(demoCredential.secret) }
    const target = `/v9/clients/${CLIENT_ID}/phone_numbers`

    say(`Phonebook on ${url}, its data in ${FILE}. Two requests, as the API's page documents them, signed:`)
    for (const body of exchanges) say(await send(caller, target, body))

    if (!process.argv.includes("--once")) {
      // Listened for before anybody is told of it.
      const stopped = new Promise<void>((resolve) => {
        process.once("SIGINT", () => resolve())
        process.once("SIGTERM", () => resolve())
      })
      say(invitation(caller, target))
      await stopped
    }
    await drain()
  } finally {
    await runtime.dispose()
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`The demo did not run: ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
})
