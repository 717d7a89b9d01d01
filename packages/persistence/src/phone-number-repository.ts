import { PhoneNumberNotFound, type PhoneNumberRepository } from "@phonebook/domain"
import { and, asc, count, eq, getTableColumns, sql } from "./drizzle.ts"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { prepareInsertPhoneNumbers } from "./insert-phone-numbers.ts"
import { matching } from "./phone-number-conditions.ts"
import { clients, phoneNumbers } from "./tables.ts"

export const phoneNumberRepository = (connection: Connection): PhoneNumberRepository["Service"] => {
  const { orm } = connection
  const columns = getTableColumns(phoneNumbers)
  const ofClient = eq(phoneNumbers.clientId, sql.placeholder("clientId"))
  const selectPrimary = orm
    .select()
    .from(phoneNumbers)
    // The literal 1, not a parameter, is what lets SQLite use the partial index.
    .where(and(ofClient, sql`${phoneNumbers.isPrimary} = 1`))
    .prepare()
  const selectPage = orm
    .select()
    .from(phoneNumbers)
    .where(ofClient)
    .orderBy(asc(phoneNumbers.id))
    .limit(sql.placeholder("limit"))
    .offset(sql.placeholder("offset"))
    .prepare()
  const byId = eq(phoneNumbers.id, sql.placeholder("id"))
  const selectOne = orm.select().from(phoneNumbers).where(and(byId, ofClient)).prepare()
  const demote = orm
    .update(phoneNumbers)
    .set({
      isPrimary: false,
      version: sql`${phoneNumbers.version} + 1`,
      updatedAt: sql`${sql.placeholder("updatedAt")}`,
    })
    .where(byId)
    .prepare()
  const { id: _id, clientId: _clientId, version: _version, ...changeable } = columns
  const changes = Object.entries(changeable).map(([field, column]) => [
    field,
    sql`${sql.param(sql.placeholder(field), column)}`,
  ])
  const update = orm
    .update(phoneNumbers)
    .set({ ...Object.fromEntries(changes), version: sql`${phoneNumbers.version} + 1` })
    .where(byId)
    .returning()
    .prepare()
  const remove = orm.delete(phoneNumbers).where(byId).prepare()
  const countChange = orm
    .update(clients)
    .set({
      phoneNumberCount: sql`${clients.phoneNumberCount} + ${sql.placeholder("more")}`,
      version: sql`${clients.version} + 1`,
    })
    .where(eq(clients.id, sql.placeholder("clientId")))
    .prepare()

  const insertAll = prepareInsertPhoneNumbers(connection)

  const ofItsClient = eq(clients.id, phoneNumbers.clientId)

  return {
    insert: (clientId, numbers, updatedAt) =>
      Effect.sync(() => {
        if (numbers.length === 0) return []
        countChange.run({ clientId, more: numbers.length })
        return insertAll(clientId, numbers, updatedAt)
      }),
    demote: (id, updatedAt) => Effect.sync(() => void demote.run({ id, updatedAt })),
    primary: (clientId) => Effect.sync(() => selectPrimary.get({ clientId }) ?? null),
    find: (clientId, id) =>
      Effect.suspend(() => {
        const row = selectOne.get({ clientId, id })
        return row === undefined
          ? Effect.fail(new PhoneNumberNotFound({ phoneNumberId: String(id) }))
          : Effect.succeed(row)
      }),
    update: ({ id, clientId }, change) =>
      Effect.sync(() => {
        countChange.run({ clientId, more: 0 })
        return update.get({ ...change, id })
      }),
    delete: ({ id, clientId }) =>
      Effect.sync(() => {
        remove.run({ id })
        countChange.run({ clientId, more: -1 })
      }),
    page: (scope, conditions, { page, perPage }) =>
      Effect.sync(() => {
        const part = { limit: perPage, offset: (page - 1) * perPage }
        if ("clientId" in scope && conditions.length === 0) {
          return selectPage.all({ clientId: scope.clientId, ...part })
        }
        return orm
          .select(columns)
          .from(phoneNumbers)
          .innerJoin(clients, ofItsClient)
          .where(matching(scope, conditions))
          .orderBy(asc(phoneNumbers.id))
          .limit(part.limit)
          .offset(part.offset)
          .all()
      }),
    count: (scope, conditions) =>
      Effect.sync(() => {
        const counted = orm.select({ total: count() }).from(phoneNumbers).innerJoin(clients, ofItsClient)
        return counted.where(matching(scope, conditions)).get()?.total ?? 0
      }),
  }
}
