import {
  type AccountId,
  type ClientId,
  ClientNotFound,
  type ClientRepository,
  type PhoneNumberId,
  type Unavailable,
} from "@phonebook/domain"
import { and, eq, sql } from "drizzle-orm"
import { Effect, Exit } from "effect"
import type { Connection } from "./connection.ts"
import { Database } from "./database.ts"
import { failure } from "./driver-error.ts"
import { clients, phoneNumbers } from "./tables.ts"

export const clientRepository = ({ orm }: Connection): ClientRepository["Service"] => {
  const ofAccount = and(
    eq(clients.id, sql.placeholder("clientId")),
    eq(clients.accountId, sql.placeholder("accountId")),
  )
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

  return {
    find: (accountId, clientId) => Effect.suspend(() => found(selectClient.get({ accountId, clientId }), clientId)),
    summary: (accountId, clientId) => Effect.suspend(() => found(selectSummary.get({ accountId, clientId }), clientId)),
    insert: (accountId, { name, updatedAt }) => Effect.sync(() => insertClient.get({ accountId, name, updatedAt })),
  }
}

const found = <A>(row: A | undefined, clientId: ClientId) =>
  row === undefined ? Effect.fail(new ClientNotFound({ clientId: String(clientId) })) : Effect.succeed(row)

/** Stores a client under an id chosen beforehand, as a demonstration needs it; one that is there already stays as it is. */
export const plantClient = (
  accountId: AccountId,
  client: { readonly id: ClientId; readonly name: string; readonly updatedAt: number },
): Effect.Effect<void, Unavailable, Database> =>
  Effect.flatMap(Database, ({ writer }) => {
    try {
      return Exit.succeed(
        writer.transaction(() => {
          writer.orm
            .insert(clients)
            .values({ ...client, accountId, phoneNumberCount: 0, version: 1 })
            .onConflictDoNothing()
            .run()
        }),
      )
    } catch (error) {
      return failure(error)
    }
  })
