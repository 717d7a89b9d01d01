import { once } from "node:events"
import { setFlagsFromString } from "node:v8"
import { layer } from "@phonebook/persistence"
import { Cause, Effect, Exit, ManagedRuntime } from "effect"
import { makeAccessLog } from "./access-log.ts"
import { makeApp } from "./app.ts"
import { bootstrap } from "./bootstrap.ts"
import { settings as readSettings } from "./config.ts"
import { describeFault, gathering, makeLog } from "./log.ts"
import { makeMetrics } from "./metrics.ts"
import { serve } from "./serve.ts"

// Where many requests are in flight, V8 takes the places that make their arrays for makers of lasting objects and puts
// what they make into old space; each then keeps its whole request alive until a major collection.
setFlagsFromString("--no-allocation-site-pretenuring")

const say = (line: string) => process.stderr.write(`${line}\n`)

/** Aborted when a supervisor, or a person at the terminal, wants the process to end. */
const stopSignal = (): AbortSignal => {
  const stop = new AbortController()
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort())
  return stop.signal
}

/** Runs the service until it is stopped, then answers what is in flight and closes the database. */
const main = async (): Promise<void> => {
  const stop = stopSignal()
  const settings = await Effect.runPromise(readSettings)
  const log = makeLog(
    settings.logLevel,
    gathering((lines) => process.stdout.write(lines)),
  )
  // A log that cannot be written, on a full disk for one, is no reason to end.
  for (const output of [process.stdout, process.stderr]) output.on("error", () => {})
  const metrics = makeMetrics()
  const runtime = ManagedRuntime.make(
    layer({ file: settings.database, secretKey: settings.secretKey, observe: metrics }),
  )
  try {
    const terminal = process.stderr.isTTY === true
    // To open the database may mean to wait for a lock: not once the process is to end.
    const opened = await Effect.runPromiseExit(runtime.contextEffect, { signal: stop })
    if (Exit.isFailure(opened)) {
      if (stop.aborted && Cause.hasInterruptsOnly(opened.cause)) return
      throw Cause.squash(opened.cause)
    }
    const news = await runtime.runPromise(
      bootstrap({ database: settings.database, given: settings.bootstrap, terminal }),
    )
    // Before anything else can fail: a credential that was made is shown this once.
    for (const line of news) say(line)
    let draining = false
    const app = makeApp({ context: opened.value, log, metrics, draining: () => draining, ...settings })
    const serving = await serve(app, { ...settings, metrics, logAccess: makeAccessLog(log, metrics) })
    const basic = `Basic authentication is ${settings.basicAuth ? "on" : "off (PHONEBOOK_BASIC_AUTH=on turns it on)"}`
    say(`Phonebook listens on ${serving.url} and keeps ${settings.database}; ${basic}`)

    if (!stop.aborted) await once(stop, "abort")
    draining = true
    log.info("draining")
    await serving.drain()
  } finally {
    await runtime.dispose()
  }
}

main().catch((error: unknown) => {
  // What an operator can mend is a tagged error, whose message says how; anything else is ours to find.
  const expected = error instanceof Error && "_tag" in error
  say(`Phonebook did not start: ${expected ? error.message : describeFault(error)}`)
  process.exitCode = 1
})
