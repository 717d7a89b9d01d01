import { type ClientId, ClientNotFound, type ClientRepository, type PhoneNumberId } from "@phonebook/domain"
import { and, asc, eq, sql } from "./drizzle.ts"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { accounts, clients, idempotencyResults, phoneNumbers } from "./tables.ts"

export const clientRepository = ({ orm }: Connection): ClientRepository["Service"] => {
  const byId = eq(clients.id, sql.placeholder("clientId"))
  const byAccount = eq(clients.accountId, sql.placeholder("accountId"))
  const ofAccount = and(byId, byAccount)
  const client = { id: clients.id, name: clients.name, updatedAt: clients.updatedAt, version: clients.version }

  const selectClient = orm.select(client).from(clients).where(ofAccount).prepare()
  const primary = orm
    .select({ id: phoneNumbers.id })
    .from(phoneNumbers)
    // The literal 1, not a parameter, is what lets SQLite use the partial index.
    .where(and(eq(phoneNumbers.clientId, clients.id), sql`${phoneNumbers.isPrimary} = 1`))
  const selectSummary = orm
    .select({
      id: clients.id,
      phoneNumberCount: clients.phoneNumberCount,
      // Measured: 1.3 µs, where a left join takes 17.
      primaryPhoneNumberId: sql<PhoneNumberId | null>`(${primary})`,
    })
    .from(clients)
    .where(ofAccount)
    .prepare()
  const selectCount = orm
    .select({ count: accounts.clientCount })
    .from(accounts)
    .where(eq(accounts.id, sql.placeholder("accountId")))
    .prepare()
  const selectPage = orm
    .select(client)
    .from(clients)
    .where(byAccount)
    .orderBy(asc(clients.id))
    .limit(sql.placeholder("limit"))
    .offset(sql.placeholder("offset"))
    .prepare()
  const insertClient = orm
    .insert(clients)
    .values({
      accountId: sql.placeholder("accountId"),
      name: sql.placeholder("name"),
      phoneNumberCount: 0,
      version: 1,
      updatedAt: sql.placeholder("updatedAt"),
    })
    .returning(client)
    .prepare()
  const renameClient = orm
    .update(clients)
    .set({
      name: sql`${sql.placeholder("name")}`,
      version: sql`${clients.version} + 1`,
      updatedAt: sql`${sql.placeholder("updatedAt")}`,
    })
    .where(byId)
    .returning(client)
    .prepare()
  const deleteClient = orm.delete(clients).where(byId).returning({ accountId: clients.accountId }).prepare()
  const deletePhoneNumbers = orm
    .delete(phoneNumbers)
    .where(eq(phoneNumbers.clientId, sql.placeholder("clientId")))
    .prepare()
  const deleteAnswers = orm
    .delete(idempotencyResults)
    .where(sql`${sql.placeholder("clientId")} IN (SELECT value FROM json_each(${idempotencyResults.clientIds}))`)
    .prepare()
  const countClients = prepareCountClients(orm)

  return {
    find: (accountId, clientId) => Effect.suspend(() => found(selectClient.get({ accountId, clientId }), clientId)),
    summary: (accountId, clientId) => Effect.suspend(() => found(selectSummary.get({ accountId, clientId }), clientId)),
    count: (accountId) => Effect.sync(() => selectCount.get({ accountId })?.count ?? 0),
    page: (accountId, { page, perPage }) =>
      Effect.sync(() => selectPage.all({ accountId, limit: perPage, offset: (page - 1) * perPage })),
    insert: (accountId, { name, updatedAt }) =>
      Effect.sync(() => {
        countClients.run({ accountId, more: 1 })
        return insertClient.get({ accountId, name, updatedAt })
      }),
    rename: (clientId, { name, updatedAt }) => Effect.sync(() => renameClient.get({ clientId, name, updatedAt })),
    erase: (clientId) =>
      Effect.suspend(() => {
        deletePhoneNumbers.run({ clientId })
        deleteAnswers.run({ clientId })
        const erased = deleteClient.all({ clientId })
        for (const { accountId } of erased) countClients.run({ accountId, more: -1 })
        return Effect.asVoid(found(erased[0], clientId))
      }),
  }
}

const found = <A>(row: A | undefined, clientId: ClientId) =>
  row === undefined ? Effect.fail(new ClientNotFound({ clientId: String(clientId) })) : Effect.succeed(row)

/** Moves an account's counter of clients by `more`. */
export const prepareCountClients = (orm: Connection["orm"]) =>
  orm
    .update(accounts)
    .set({ clientCount: sql`${accounts.clientCount} + ${sql.placeholder("more")}` })
    .where(eq(accounts.id, sql.placeholder("accountId")))
    .prepare()
