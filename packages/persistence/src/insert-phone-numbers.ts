import type { ClientId, NewPhoneNumber, PhoneNumber, PhoneNumberId } from "@phonebook/domain"
import type { Placeholder } from "drizzle-orm"
import { sql } from "./drizzle.ts"
import type { Connection } from "./connection.ts"
import { phoneNumbers } from "./tables.ts"

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

/** Prepares on a connection what stores a client's new phone numbers, and answers them in the order given. */
export const prepareInsertPhoneNumbers = (orm: Connection["orm"]) => {
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

  return (
    clientId: ClientId,
    numbers: ReadonlyArray<NewPhoneNumber>,
    updatedAt: number,
  ): ReadonlyArray<PhoneNumber> => {
    const inserted = []
    for (let start = 0; start < numbers.length; start += ROWS_PER_INSERT) {
      inserted.push(...insertRows(clientId, numbers.slice(start, start + ROWS_PER_INSERT), updatedAt))
    }
    return inserted
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
