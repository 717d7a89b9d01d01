import Database from "better-sqlite3"
import { and, eq, sql } from "drizzle-orm"
import { drizzle } from "drizzle-orm/better-sqlite3"
import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core"
import { listen } from "./fastify.ts"
import { primaryOf } from "./phone-number.ts"
import { ACCOUNT_ID, file, sayWhere } from "./settings.ts"
import { makeTables } from "./tables.ts"

const clients = sqliteTable("clients", {
  id: integer().primaryKey({ autoIncrement: true }),
  accountId: integer("account_id").notNull(),
  name: text().notNull(),
})

const phoneNumbers = sqliteTable("phone_numbers", {
  id: integer().primaryKey({ autoIncrement: true }),
  clientId: integer("client_id").notNull(),
  label: text(),
  countryCode: text("country_code").notNull(),
  number: text().notNull(),
  rawNumber: text("raw_number").notNull(),
  extension: text(),
  e164: text().notNull(),
  typed: text().notNull(),
  isPrimary: integer("is_primary", { mode: "boolean" }).notNull(),
  updatedAt: integer("updated_at").notNull(),
})

makeTables(file)
const sqlite = new Database(file)
sqlite.pragma("synchronous = FULL")
sqlite.pragma("foreign_keys = ON")
const db = drizzle(sqlite)

const ofClient = eq(phoneNumbers.clientId, sql.placeholder("clientId"))
const findClient = db
  .select({ id: clients.id })
  .from(clients)
  .where(and(eq(clients.id, sql.placeholder("clientId")), eq(clients.accountId, ACCOUNT_ID)))
  .prepare()
const findNumber = db.select({ id: phoneNumbers.id }).from(phoneNumbers).where(ofClient).limit(1).prepare()
const demote = db
  .update(phoneNumbers)
  .set({ isPrimary: false, updatedAt: sql`${sql.placeholder("updatedAt")}` })
  .where(and(ofClient, sql`is_primary = 1`))
  .prepare()
const insert = db
  .insert(phoneNumbers)
  .values({
    clientId: sql.placeholder("clientId"),
    label: sql.placeholder("label"),
    countryCode: sql.placeholder("countryCode"),
    number: sql.placeholder("number"),
    rawNumber: sql.placeholder("rawNumber"),
    extension: sql.placeholder("extension"),
    e164: sql.placeholder("e164"),
    typed: sql.placeholder("typed"),
    isPrimary: sql.placeholder("isPrimary"),
    updatedAt: sql.placeholder("updatedAt"),
  })
  .returning()
  .prepare()

const url = await listen((clientId, items, rows) =>
  db.transaction(
    () => {
      if (findClient.get({ clientId }) === undefined) return undefined
      const { index, onlyIfFirst } = primaryOf(items)
      const primary = onlyIfFirst && findNumber.get({ clientId }) !== undefined ? -1 : index
      if (primary >= 0) demote.run({ clientId, updatedAt: rows[primary]!.updatedAt })
      return rows.map((row, at) => insert.get({ ...row, isPrimary: at === primary }))
    },
    { behavior: "immediate" },
  ),
)
sayWhere(url, sqlite.pragma("journal_mode", { simple: true }), sqlite.pragma("synchronous", { simple: true }))
