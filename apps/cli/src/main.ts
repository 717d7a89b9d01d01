import {
  backup as makeBackup,
  databaseTrouble,
  doctor as examine,
  eraseClient,
  findErasableClient,
  finishErasure,
  layer,
  requireCurrentDatabase,
  restore as replace,
} from "@phonebook/persistence"
import { Effect, Exit, Layer } from "effect"
import { Command } from "effect/cli"
import packageJson from "../package.json" with { type: "json" }
import { backup } from "./backup.ts"
import { clients } from "./clients.ts"
import { credentials } from "./credentials.ts"
import { doctor } from "./doctor.ts"
import { explain, presenter } from "./failure.ts"
import { phonebook, store } from "./phonebook.ts"
import { platform } from "./platform.ts"
import { restore } from "./restore.ts"

/** The ports, on a database that is there: to make one, or to bring one up to date, is for the server. */
const existing = Layer.unwrap(
  Effect.gen(function* () {
    const { file, secretKey } = yield* store
    yield* requireCurrentDatabase(file)
    return layer({ file, secretKey })
  }),
)

const command = phonebook.pipe(
  Command.withSubcommands([
    credentials.pipe(Command.provide(existing)),
    clients({ find: findErasableClient, erase: eraseClient, finish: finishErasure }).pipe(Command.provide(existing)),
    backup(makeBackup),
    restore(replace),
    doctor(examine),
  ]),
)

// Whoever stops reading, as `head` does, wants no more; else a credential may have been made that nobody has seen.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") process.stderr.write(`What came of the command could not be written: ${error.message}\n`)
  process.exitCode ||= 1
})
process.stderr.on("error", () => {})

const args = process.argv.slice(2)
// Also where the command line itself cannot be read.
const json = args.includes("--json")
const exit = await Effect.runPromiseExit(
  Command.runWith(command, { version: packageJson.version })(args).pipe(Effect.provide([platform, presenter(json)])),
)
if (Exit.isFailure(exit)) process.exitCode = explain(exit.cause, json, databaseTrouble)
