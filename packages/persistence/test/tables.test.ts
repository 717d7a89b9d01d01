import { assert, describe, it } from "@effect/vitest"
import { UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import { Database } from "../src/index.ts"
import { fileLayer, givenClient, insertPhoneNumber } from "./fixtures.ts"

interface SchemaRow {
  readonly type: string
  readonly name: string
  readonly sql: string
}

const schema = Effect.map(Database, ({ reader }) =>
  reader.sqlite
    .prepare<[], SchemaRow>("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|'")
    .all(),
)

describe("the schema", () => {
  it.effect("has STRICT tables only, and nothing that cascades", () =>
    Effect.gen(function* () {
      const tables = (yield* schema).filter(({ type }) => type === "table")
      assert.sameMembers(
        tables.map(({ name }) => name),
        ["accounts", "clients", "credentials", "idempotency_results", "migrations", "phone_numbers", "settings"],
      )
      for (const { name, sql } of tables) {
        assert.match(sql, /\) STRICT$/u, name)
        assert.notMatch(sql, /CASCADE/iu, name)
        if (name !== "settings" && name !== "idempotency_results") assert.match(sql, /PRIMARY KEY AUTOINCREMENT/u, name)
      }
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("has these indexes and no other, for each costs a write", () =>
    Effect.gen(function* () {
      const indexes = (yield* schema).filter(({ type }) => type === "index").map(({ name }) => name)
      assert.sameMembers(indexes, [
        "clients_account_id",
        "credentials_token_unique",
        "idempotency_results_created_at",
        "idempotency_results_key",
        "phone_numbers_client_id",
        "phone_numbers_e164",
        "phone_numbers_primary",
      ])
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("refuses a second primary number, numbers without a client, and values out of their limits", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const { writer } = yield* Database
      const { id } = yield* run(givenClient)
      yield* run(insertPhoneNumber(id, { isPrimary: true }))
      yield* run(insertPhoneNumber(id))
      const refused = (sql: string, code: string) => {
        try {
          writer.sqlite.exec(sql)
        } catch (error) {
          return assert.propertyVal(error, "code", code, sql)
        }
        assert.fail(`not refused: ${sql}`)
      }
      refused("UPDATE phone_numbers SET is_primary = 1", "SQLITE_CONSTRAINT_UNIQUE")
      refused("UPDATE phone_numbers SET client_id = 999", "SQLITE_CONSTRAINT_FOREIGNKEY")
      refused("DELETE FROM clients", "SQLITE_CONSTRAINT_FOREIGNKEY")
      refused("UPDATE phone_numbers SET is_primary = 2", "SQLITE_CONSTRAINT_CHECK")
      refused(`UPDATE phone_numbers SET label = '${"x".repeat(21)}'`, "SQLITE_CONSTRAINT_CHECK")
      refused("UPDATE phone_numbers SET label = ''", "SQLITE_CONSTRAINT_CHECK")
      refused("UPDATE clients SET phone_number_count = -1", "SQLITE_CONSTRAINT_CHECK")
      refused(`UPDATE clients SET name = '${"x".repeat(256)}'`, "SQLITE_CONSTRAINT_CHECK")
      refused("UPDATE clients SET updated_at = 'yesterday'", "SQLITE_CONSTRAINT_DATATYPE")
      writer.sqlite.exec(`UPDATE phone_numbers SET label = '${"📞".repeat(20)}'`)
    }).pipe(Effect.provide(fileLayer())),
  )
})
