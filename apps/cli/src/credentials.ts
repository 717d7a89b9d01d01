import { randomCredential } from "@phonebook/api"
import { AccountId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Data, Effect, Option, Redacted } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { report } from "./phonebook.ts"

class CredentialNotFound extends Data.TaggedError("CredentialNotFound")<{ readonly message: string }> {}

const isoTime = (unixSeconds: number) => new Date(unixSeconds * 1000).toISOString().replace(".000", "")

const create = Command.make(
  "create",
  {
    account: Flag.Int("account").pipe(
      Flag.withDescription("The account it belongs to; without it, a new account"),
      Flag.map(AccountId.make),
      Flag.optional,
    ),
  },
  Effect.fnUntraced(function* ({ account }) {
    const { run } = yield* UnitOfWork
    const { token, secret } = randomCredential()
    const credential = { token, secret, ...(Option.isSome(account) && { accountId: account.value }) }
    const accountId = yield* run(CredentialRepository.use(({ insert }) => insert(credential)))
    yield* report({ account_id: accountId, token, secret: Redacted.value(secret) }, [
      `A credential of account ${accountId}. The secret is shown this once:`,
      `  token   ${token}`,
      `  secret  ${Redacted.value(secret)}`,
    ])
  }),
).pipe(
  Command.withDescription("Makes a token and its secret, which is shown this once and never again"),
  Command.withExamples([
    { command: "phonebook credentials create", description: "A new account, which sees nothing of the others" },
    { command: "phonebook credentials create --account 1", description: "Another key to the clients of account 1" },
  ]),
)

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const { read } = yield* UnitOfWork
    const credentials = yield* read(CredentialRepository.use((repository) => repository.list))
    const rows = credentials.map(({ accountId, token, createdAt, revokedAt }) => ({
      account_id: accountId,
      token,
      created_at: isoTime(createdAt),
      revoked_at: revokedAt === null ? null : isoTime(revokedAt),
    }))
    const lines = rows.map(
      ({ account_id, token, created_at, revoked_at }) =>
        `${token}  account ${account_id}  created ${created_at}${revoked_at === null ? "" : `  revoked ${revoked_at}`}`,
    )
    yield* report({ credentials: rows }, lines.length === 0 ? ["There are no credentials"] : lines)
  }),
).pipe(Command.withDescription("Shows every credential, the revoked ones too; never a secret"))

const revoke = Command.make(
  "revoke",
  { token: Argument.String("token").pipe(Argument.withDescription("The token, as `credentials list` shows it")) },
  Effect.fnUntraced(function* ({ token }) {
    const { run } = yield* UnitOfWork
    const revoked = yield* run(CredentialRepository.use((repository) => repository.revoke(token)))
    if (!revoked) return yield* new CredentialNotFound({ message: `There is no credential ${token}` })
    yield* report({ token, revoked: true }, [`Revoked: ${token} opens nothing any more, in a running server too`])
  }),
).pipe(
  Command.withDescription("Takes a credential out of use, at once and for good; twice is no error"),
  Command.withExamples([
    { command: "phonebook credentials revoke aBcDeFgHiJkLmNoPqRsTuVwXyZ012345", description: "A key that got lost" },
  ]),
)

export const credentials = Command.make("credentials").pipe(
  Command.withDescription("The tokens and secrets that callers sign with"),
  Command.withSubcommands([create, list, revoke]),
)
