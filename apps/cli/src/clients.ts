import { ClientId } from "@phonebook/domain"
import type { ErasableClient } from "@phonebook/persistence"
import { Data, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { confirm } from "./confirm.ts"
import { report } from "./phonebook.ts"

class NotConfirmed extends Data.TaggedError("NotConfirmed")<{ readonly message: string }> {}

const OLDER_COPIES =
  "Older copies still hold them: backups, <database>.replaced-…, <database>.before-migration-…, and what a killed command left: <backup>.unfinished, <database>.before-migration-….unfinished, <database>.restoring"

/** @param store finds a client of whatever account, erases one, and finishes an erasure that could not be (answers whose). */
export const clients = <E, R>(store: {
  readonly find: (id: ClientId) => Effect.Effect<ErasableClient, E, R>
  readonly erase: (id: ClientId) => Effect.Effect<void, E, R>
  readonly finish: Effect.Effect<ClientId | null, E, R>
}) => {
  const erase = Command.make(
    "erase",
    {
      id: Argument.Int("id").pipe(
        Argument.withSchema(ClientId),
        Argument.withDescription("The client's id, as in /v9/clients/<id>"),
      ),
      yes: Flag.Boolean("yes").pipe(
        Flag.withDescription("Does not ask; needed where there is no terminal to ask on"),
        Flag.withDefault(false),
      ),
    },
    Effect.fnUntraced(function* ({ id, yes }) {
      if ((yield* store.finish) === id)
        return yield* report({ client_id: id, phone_numbers: null, erased: true }, [
          `Client ${id} was erased before; now its traces are gone from the database and its log too.`,
          OLDER_COPIES,
        ])
      const { accountId, name, phoneNumberCount } = yield* store.find(id)
      const what = `client ${id} (${JSON.stringify(name)}, account ${accountId}) and its phone numbers (${phoneNumberCount})`
      if (!yes && !(yield* confirm(`Erase ${what} for good?`)))
        return yield* new NotConfirmed({ message: "Nothing was erased: answer y on a terminal, or say --yes" })
      yield* store.erase(id)
      yield* report({ client_id: id, phone_numbers: phoneNumberCount, erased: true }, [
        `Erased ${what}, and the kept answers that showed them.`,
        OLDER_COPIES,
      ])
    }),
  ).pipe(
    Command.withDescription(
      `Erases a client, its phone numbers, and the answers kept for its Idempotency-Keys, from the database and its log.
  Where that was refused half-way (the client is erased, the files keep traces), it is finished first, whoever is named`,
    ),
    Command.withExamples([
      { command: "phonebook clients erase 168019", description: "Shows who it is, and asks" },
      { command: "phonebook clients erase 168019 --yes --json", description: "For a script" },
    ]),
  )
  return Command.make("clients").pipe(
    Command.withDescription("The people whose numbers are kept"),
    Command.withSubcommands([erase]),
  )
}
