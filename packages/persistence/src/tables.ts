import {
  type AccountId,
  type ClientId,
  type CredentialId,
  MAX_CLIENT_NAME_LENGTH,
  MAX_EXTENSION_LENGTH,
  MAX_LABEL_LENGTH,
  MAX_NUMBER_LENGTH,
  type PhoneNumberId,
} from "@phonebook/domain"
import type { SQL } from "drizzle-orm"
import { sql, blob, check, index, integer, sqliteTable, text, uniqueIndex } from "./drizzle.ts"

// Columns carry the names and types of the domain's fields, so that a selected row is the entity.
// Times are Unix seconds. Nothing cascades: a rebuilt table would take its children along without an error.

/** In text of SQLite, `length` counts code points, as the domain's limits do. */
const lengthBetween = (column: { readonly name: string }, minimum: number, maximum: number): SQL =>
  sql.raw(`length("${column.name}") BETWEEN ${minimum} AND ${maximum}`)

export const settings = sqliteTable("settings", {
  name: text().primaryKey(),
  value: text().notNull(),
})

export const accounts = sqliteTable(
  "accounts",
  {
    id: integer().$type<AccountId>().primaryKey({ autoIncrement: true }),
    createdAt: integer("created_at").notNull(),
    clientCount: integer("client_count").notNull().default(0),
  },
  () => [check("accounts_client_count", sql.raw(`"client_count" >= 0`))],
)

export const credentials = sqliteTable("credentials", {
  id: integer().$type<CredentialId>().primaryKey({ autoIncrement: true }),
  accountId: integer("account_id")
    .$type<AccountId>()
    .notNull()
    .references(() => accounts.id),
  token: text().notNull().unique(),
  secretEncrypted: blob("secret_encrypted", { mode: "buffer" }).notNull(),
  createdAt: integer("created_at").notNull(),
  revokedAt: integer("revoked_at"),
})

export const clients = sqliteTable(
  "clients",
  {
    id: integer().$type<ClientId>().primaryKey({ autoIncrement: true }),
    accountId: integer("account_id")
      .$type<AccountId>()
      .notNull()
      .references(() => accounts.id),
    name: text().notNull(),
    phoneNumberCount: integer("phone_number_count").notNull(),
    version: integer().notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    check("clients_name", lengthBetween(table.name, 1, MAX_CLIENT_NAME_LENGTH)),
    check("clients_phone_number_count", sql.raw(`"phone_number_count" >= 0`)),
    check("clients_version", sql.raw(`"version" >= 1`)),
    index("clients_account_id").on(table.accountId),
  ],
)

export const phoneNumbers = sqliteTable(
  "phone_numbers",
  {
    id: integer().$type<PhoneNumberId>().primaryKey({ autoIncrement: true }),
    clientId: integer("client_id")
      .$type<ClientId>()
      .notNull()
      .references(() => clients.id),
    label: text(),
    countryCode: text("country_code").notNull(),
    number: text().notNull(),
    rawNumber: text("raw_number").notNull(),
    extension: text(),
    e164: text().notNull(),
    typed: text().notNull(),
    isPrimary: integer("is_primary", { mode: "boolean" }).notNull(),
    version: integer().notNull(),
    updatedAt: integer("updated_at").notNull(),
  },
  (table) => [
    check("phone_numbers_label", lengthBetween(table.label, 1, MAX_LABEL_LENGTH)),
    check("phone_numbers_country_code", lengthBetween(table.countryCode, 1, 3)),
    check("phone_numbers_number", lengthBetween(table.number, 1, MAX_NUMBER_LENGTH)),
    check("phone_numbers_raw_number", lengthBetween(table.rawNumber, 0, MAX_NUMBER_LENGTH)),
    check("phone_numbers_extension", lengthBetween(table.extension, 1, MAX_EXTENSION_LENGTH)),
    check("phone_numbers_e164", lengthBetween(table.e164, 2, MAX_NUMBER_LENGTH)),
    check("phone_numbers_typed", lengthBetween(table.typed, 1, MAX_NUMBER_LENGTH)),
    check("phone_numbers_is_primary", sql.raw(`"is_primary" IN (0, 1)`)),
    check("phone_numbers_version", sql.raw(`"version" >= 1`)),
    // SQLite adds the id to every entry of an index, so this one also gives a client's numbers in the order of their ids.
    index("phone_numbers_client_id").on(table.clientId),
    uniqueIndex("phone_numbers_primary").on(table.clientId).where(sql.raw(`"is_primary" = 1`)),
    index("phone_numbers_e164").on(table.e164),
  ],
)

export const idempotencyResults = sqliteTable(
  "idempotency_results",
  {
    id: integer().primaryKey(),
    credentialId: integer("credential_id")
      .$type<CredentialId>()
      .notNull()
      .references(() => credentials.id),
    key: text().notNull(),
    fingerprint: text().notNull(),
    // Before `answer`, so that an erasure, which looks through these, does not read the answers.
    clientIds: text("client_ids", { mode: "json" }).$type<ReadonlyArray<ClientId>>().notNull(),
    createdAt: integer("created_at").notNull(),
    answer: text().notNull(),
  },
  (table) => [
    uniqueIndex("idempotency_results_key").on(table.credentialId, table.key),
    index("idempotency_results_created_at").on(table.createdAt),
  ],
)
