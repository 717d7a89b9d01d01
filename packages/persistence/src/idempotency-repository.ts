import type { IdempotencyRepository } from "@phonebook/domain"
import { and, asc, eq, gte, inArray, lt, sql } from "./drizzle.ts"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { idempotencyResults } from "./tables.ts"

export const idempotencyRepository = ({ orm }: Connection): IdempotencyRepository["Service"] => {
  const { id, credentialId, key, fingerprint, answer, clientIds, createdAt } = idempotencyResults
  const select = orm
    .select({ credentialId, key, fingerprint, answer, clientIds, createdAt })
    .from(idempotencyResults)
    .where(
      and(
        eq(credentialId, sql.placeholder("credentialId")),
        eq(key, sql.placeholder("key")),
        gte(createdAt, sql.placeholder("from")),
      ),
    )
    .prepare()
  const insert = orm
    .insert(idempotencyResults)
    .values({
      credentialId: sql.placeholder("credentialId"),
      key: sql.placeholder("key"),
      fingerprint: sql.placeholder("fingerprint"),
      answer: sql.placeholder("answer"),
      clientIds: sql.placeholder("clientIds"),
      createdAt: sql.placeholder("createdAt"),
    })
    .onConflictDoUpdate({
      target: [credentialId, key],
      set: {
        fingerprint: sql`excluded.fingerprint`,
        answer: sql`excluded.answer`,
        clientIds: sql`excluded.client_ids`,
        createdAt: sql`excluded.created_at`,
      },
    })
    .prepare()
  const oldest = orm
    .select({ id })
    .from(idempotencyResults)
    .where(lt(createdAt, sql.placeholder("before")))
    .orderBy(asc(createdAt))
    .limit(sql.placeholder("limit"))
  const removeOldest = orm.delete(idempotencyResults).where(inArray(id, oldest)).prepare()

  return {
    find: (credential, word, from) =>
      Effect.sync(() => select.get({ credentialId: credential, key: word, from }) ?? null),
    insert: (result) => Effect.sync(() => void insert.run({ ...result })),
    removeExpired: (before, limit) => Effect.sync(() => void removeOldest.run({ before, limit })),
  }
}
