import { settings } from "@phonebook/api"
import { Effect, Option, type Redacted } from "effect"
import { Command, Flag } from "effect/cli"

/** The command itself: what every other command shares. */
export const phonebook = Command.make("phonebook").pipe(
  Command.withSharedFlags({
    database: Flag.String("database").pipe(
      Flag.withDescription("The SQLite file; by default PHONEBOOK_DATABASE, else data/phonebook.db"),
      Flag.optional,
    ),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("One JSON document on stdout, for scripts; an error too: {error, message}"),
      Flag.withDefault(false),
    ),
  }),
  Command.withDescription(
    `Operates a Phonebook: its credentials, its backups, its health. It reads the environment that the server reads
  (PHONEBOOK_DATABASE, PHONEBOOK_SECRET_KEY; without that variable the key is the file <database>.key), and works beside a
  running server, except restore.

  Exit codes: 0 done; 1 refused, failed, or something was found; 2 the command was not understood.`,
  ),
  Command.withExamples([
    { command: "phonebook credentials create", description: "A token and a secret for a new account" },
    { command: "phonebook backup /backups/phonebook-$(date +%F).db", description: "A verified copy, every night" },
    { command: "phonebook doctor --json", description: "Is everything sound? For a monitor" },
    { command: "phonebook restore --help", description: "What a command does, and what it asks for" },
  ]),
)

/** Where the data is. */
export interface Store {
  readonly file: string
  readonly secretKey: Redacted.Redacted<string> | undefined
}

/** As the command line says, else as the environment says. */
export const store = Effect.gen(function* () {
  const { database } = yield* phonebook
  const environment = yield* settings
  return { file: Option.getOrElse(database, () => environment.database), secretKey: environment.secretKey }
})

/** Says what came of a command: a document to scripts, lines to people. */
export const report = (document: object, lines: ReadonlyArray<string>) =>
  Effect.map(phonebook, ({ json }) => {
    process.stdout.write(`${json ? JSON.stringify(document) : lines.join("\n")}\n`)
  })

/** The command did its work, and what it found is bad news for whoever reads only the exit code. */
export const exitWithFindings = Effect.sync(() => {
  process.exitCode = 1
})
