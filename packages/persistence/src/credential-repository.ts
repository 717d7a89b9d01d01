import type { KeyObject } from "node:crypto"
import {
  type AccountId,
  AccountNotFound,
  type CredentialRepository,
  currentUnixTime,
  TokenTaken,
} from "@phonebook/domain"
import { and, asc, eq, isNull, sql } from "./drizzle.ts"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { decryptSecret, encryptSecret } from "./secret-key.ts"
import { accounts, credentials } from "./tables.ts"

export const credentialRepository = ({ orm }: Connection, key: KeyObject): CredentialRepository["Service"] => {
  const ofToken = eq(credentials.token, sql.placeholder("token"))
  const selectByToken = orm
    .select({ id: credentials.id, accountId: credentials.accountId, secretEncrypted: credentials.secretEncrypted })
    .from(credentials)
    .where(and(ofToken, isNull(credentials.revokedAt)))
    .prepare()
  const selectAny = orm.select({ id: credentials.id }).from(credentials).limit(1).prepare()
  const selectTaken = orm.select({ id: credentials.id }).from(credentials).where(ofToken).prepare()
  const selectAll = orm
    .select({
      accountId: credentials.accountId,
      token: credentials.token,
      createdAt: credentials.createdAt,
      revokedAt: credentials.revokedAt,
    })
    .from(credentials)
    .orderBy(asc(credentials.id))
    .prepare()
  const selectAccount = orm
    .select({ id: accounts.id })
    .from(accounts)
    .where(eq(accounts.id, sql.placeholder("accountId")))
    .prepare()
  const insertAccount = orm
    .insert(accounts)
    .values({ createdAt: sql.placeholder("createdAt") })
    .returning({ id: accounts.id })
    .prepare()
  const insertCredential = orm
    .insert(credentials)
    .values({
      accountId: sql.placeholder("accountId"),
      token: sql.placeholder("token"),
      secretEncrypted: sql.placeholder("secretEncrypted"),
      createdAt: sql.placeholder("createdAt"),
    })
    .prepare()
  const revoke = orm
    .update(credentials)
    .set({ revokedAt: sql`coalesce(${credentials.revokedAt}, ${sql.placeholder("revokedAt")})` })
    .where(ofToken)
    .prepare()

  const accountOf = (given: AccountId | undefined, createdAt: number) =>
    Effect.suspend(() => {
      if (given === undefined) return Effect.succeed(insertAccount.get({ createdAt }).id)
      return selectAccount.get({ accountId: given }) === undefined
        ? Effect.fail(new AccountNotFound({ accountId: given }))
        : Effect.succeed(given)
    })

  return {
    find: (token) =>
      Effect.sync(() => {
        const row = selectByToken.get({ token })
        if (row === undefined) return null
        const { id, accountId, secretEncrypted } = row
        return { id, accountId, token, secret: decryptSecret(key, token, secretEncrypted) }
      }),
    any: Effect.sync(() => selectAny.get() !== undefined),
    insert: Effect.fnUntraced(function* ({ token, secret, accountId }) {
      if (selectTaken.get({ token }) !== undefined) return yield* new TokenTaken()
      const createdAt = yield* currentUnixTime
      const id = yield* accountOf(accountId, createdAt)
      insertCredential.run({ accountId: id, token, secretEncrypted: encryptSecret(key, token, secret), createdAt })
      return id
    }),
    list: Effect.sync(() => selectAll.all()),
    revoke: (token) => Effect.map(currentUnixTime, (revokedAt) => revoke.run({ token, revokedAt }).changes > 0),
  }
}
