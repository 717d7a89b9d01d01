import type { KeyObject } from "node:crypto"
import type { CredentialRepository } from "@phonebook/domain"
import { and, eq, isNull, sql } from "drizzle-orm"
import { Clock, Effect } from "effect"
import type { Connection } from "./connection.ts"
import { decryptSecret, encryptSecret } from "./secret-key.ts"
import { accounts, credentials } from "./tables.ts"

export const credentialRepository = ({ orm }: Connection, key: KeyObject): CredentialRepository["Service"] => {
  const selectByToken = orm
    .select({ accountId: credentials.accountId, secretEncrypted: credentials.secretEncrypted })
    .from(credentials)
    .where(and(eq(credentials.token, sql.placeholder("token")), isNull(credentials.revokedAt)))
    .prepare()
  const selectAny = orm.select({ id: credentials.id }).from(credentials).limit(1).prepare()
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

  return {
    find: (token) =>
      Effect.sync(() => {
        const row = selectByToken.get({ token })
        return row ? { accountId: row.accountId, token, secret: decryptSecret(key, token, row.secretEncrypted) } : null
      }),
    any: Effect.sync(() => selectAny.get() !== undefined),
    insert: ({ token, secret }) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const createdAt = Math.floor(now / 1000)
        const { id } = insertAccount.get({ createdAt })
        insertCredential.run({ accountId: id, token, secretEncrypted: encryptSecret(key, token, secret), createdAt })
        return id
      }),
  }
}
