import { ClientId } from "@phonebook/domain"
import { Data, Effect } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { confirm } from "./confirm.ts"
import { report } from "./phonebook.ts"

class NotConfirmed extends Data.TaggedError("NotConfirmed")<{ readonly message: string }> {}

/** What is shown of a client before it goes. */
interface ErasableClient {
  readonly accountId: number
  readonly name: string
  readonly phoneNumberCount: number
}

/** @param store finds a client of whatever account, and erases one. */
export const clients = <E, R>(store: {
  readonly find: (id: ClientId) => Effect.Effect<ErasableClient, E, R>
  readonly erase: (id: ClientId) => Effect.Effect<void, E, R>
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
      const { accountId, name, phoneNumberCount } = yield* store.find(id)
      const what = `client ${id} (${JSON.stringify(name)}, account ${accountId}) and its phone numbers (${phoneNumberCount})`
      if (!yes && !(yield* confirm(`Erase ${what} for good?`)))
        return yield* new NotConfirmed({ message: "Nothing was erased: answer y on a terminal, or say --yes" })
      yield* store.erase(id)
      yield* report({ client_id: id, phone_numbers: phoneNumberCount, erased: true }, [
        `Erased ${what}, and the kept answers that showed them.`,
        "Older copies still hold them: backups, <database>.replaced-… and <database>.before-migration-…",
      ])
    }),
  ).pipe(
    Command.withDescription(
      "Erases a client, its phone numbers, and the answers kept for its Idempotency-Keys, from the database and its log",
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
