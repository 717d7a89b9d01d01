import type { ClientId, NewPhoneNumber, PhoneNumber, PhoneNumberId, PhoneNumberRepository } from "@phonebook/domain"
import { and, asc, eq, type Placeholder, sql } from "drizzle-orm"
import { Effect } from "effect"
import type { Connection } from "./connection.ts"
import { clients, phoneNumbers } from "./tables.ts"

/** Most numbers in one INSERT: longer ones are hardly faster, and every size is a statement of its own. */
const ROWS_PER_INSERT = 50

/** The fields of a row but its id, in the order in which an INSERT binds them. */
const FIELDS = [
  "clientId",
  "label",
  "countryCode",
  "number",
  "rawNumber",
  "extension",
  "e164",
  "typed",
  "isPrimary",
  "version",
  "updatedAt",
] as const satisfies ReadonlyArray<keyof PhoneNumber>

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
    const rows = numbers.map((number) => Object.assign({}, number, { clientId, version: 1, updatedAt }))
    const values: Array<unknown> = []
    for (const row of rows) for (const field of FIELDS) values.push(row[field])
    // To Drizzle an array is an object whose names are positions. Measured: names of our own take 15 % of the whole.
    const { lastInsertRowid } = insertOf(rows.length).run(values as unknown as Record<string, unknown>)
    // One writer and AUTOINCREMENT: the rows of one INSERT have consecutive ids.
    const firstId = Number(lastInsertRowid) - rows.length + 1
    return rows.map((row, index) => Object.assign(row, { id: (firstId + index) as PhoneNumberId }))
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

const prepareInsert = (orm: Connection["orm"], rows: number) =>
  orm
    .insert(phoneNumbers)
    .values(Array.from({ length: rows }, (_, row) => placeholdersOf(row)))
    .prepare()

/** Named by position, row after row. */
const placeholdersOf = (row: number) =>
  Object.fromEntries(
    FIELDS.map((field, position) => [field, sql.placeholder(String(row * FIELDS.length + position))]),
  ) as Record<(typeof FIELDS)[number], Placeholder>
