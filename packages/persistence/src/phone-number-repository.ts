import type { ClientId, NewPhoneNumber, PhoneNumberId, PhoneNumberRepository } from "@phonebook/domain"
import { and, asc, eq, sql } from "drizzle-orm"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { clients, phoneNumbers } from "./tables.ts"

/** Most numbers in one INSERT: longer ones are hardly faster, and every size is a statement of its own. */
const ROWS_PER_INSERT = 50

const NEW_FIELDS = ["label", "countryCode", "number", "rawNumber", "extension", "e164", "typed", "isPrimary"] as const

export const phoneNumberRepository = ({ orm }: Connection): PhoneNumberRepository["Service"] => {
  const ofClient = eq(phoneNumbers.clientId, sql.placeholder("clientId"))
  const selectPrimary = orm
    .select()
    .from(phoneNumbers)
    // The literal 1, not a parameter, is what lets SQLite use the partial index.
    .where(and(ofClient, sql`${phoneNumbers.isPrimary} = 1`))
    .prepare()
  const selectFirst = orm
    .select()
    .from(phoneNumbers)
    .where(ofClient)
    .orderBy(asc(phoneNumbers.id))
    .limit(sql.placeholder("limit"))
    .prepare()
  const demote = orm
    .update(phoneNumbers)
    .set({
      isPrimary: false,
      version: sql`${phoneNumbers.version} + 1`,
      updatedAt: sql`${sql.placeholder("updatedAt")}`,
    })
    .where(eq(phoneNumbers.id, sql.placeholder("id")))
    .prepare()
  const countInserted = orm
    .update(clients)
    .set({
      phoneNumberCount: sql`${clients.phoneNumberCount} + ${sql.placeholder("count")}`,
      version: sql`${clients.version} + 1`,
    })
    .where(eq(clients.id, sql.placeholder("clientId")))
    .prepare()

  /** By number of rows, each prepared when it is first needed. */
  const inserts = new Map<number, ReturnType<typeof prepareInsert>>()
  const insertOf = (rows: number) => {
    const insert = inserts.get(rows) ?? prepareInsert(orm, rows)
    inserts.set(rows, insert)
    return insert
  }

  const insertRows = (clientId: ClientId, numbers: ReadonlyArray<NewPhoneNumber>, updatedAt: number) => {
    const values: Record<string, unknown> = { clientId, updatedAt }
    numbers.forEach((number, index) => {
      for (const name of NEW_FIELDS) values[`${name}${index}`] = number[name]
    })
    // One writer and AUTOINCREMENT: the rows of one INSERT have consecutive ids.
    const lastId = Number(insertOf(numbers.length).run(values).lastInsertRowid)
    return numbers.map((number, index) => ({
      ...number,
      id: (lastId - numbers.length + 1 + index) as PhoneNumberId,
      clientId,
      updatedAt,
      version: 1,
    }))
  }

  return {
    insert: (clientId, numbers, updatedAt) =>
      Effect.sync(() => {
        if (numbers.length === 0) return []
        const inserted = []
        for (let start = 0; start < numbers.length; start += ROWS_PER_INSERT) {
          inserted.push(...insertRows(clientId, numbers.slice(start, start + ROWS_PER_INSERT), updatedAt))
        }
        countInserted.run({ clientId, count: numbers.length })
        return inserted
      }),
    demote: (id, updatedAt) => Effect.sync(() => void demote.run({ id, updatedAt })),
    primary: (clientId) => Effect.sync(() => selectPrimary.get({ clientId }) ?? null),
    first: (clientId, limit) => Effect.sync(() => selectFirst.all({ clientId, limit })),
  }
}

/** An INSERT of so many rows; the fields of the first are `label0` and so on. */
const prepareInsert = (orm: Connection["orm"], rows: number) =>
  orm
    .insert(phoneNumbers)
    .values(Array.from({ length: rows }, (_, index) => placeholders(index)))
    .prepare()

const placeholders = (index: number) => {
  const field = (name: (typeof NEW_FIELDS)[number]) => sql.placeholder(`${name}${index}`)
  return {
    clientId: sql.placeholder("clientId"),
    label: field("label"),
    countryCode: field("countryCode"),
    number: field("number"),
    rawNumber: field("rawNumber"),
    extension: field("extension"),
    e164: field("e164"),
    typed: field("typed"),
    isPrimary: field("isPrimary"),
    version: 1,
    updatedAt: sql.placeholder("updatedAt"),
  }
}
