import {
  copyFileSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { basename, dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { ClientId, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"
import { connect } from "../src/connection.ts"
import { usable } from "../src/database.ts"
import { Database, layer } from "../src/index.ts"
import { migrate, MIGRATIONS_FOLDER } from "../src/migrations.ts"
import { givenClient, insertPhoneNumber, phoneNumbersOf, temporaryFile } from "./fixtures.ts"

/** Our migrations and one more, in a folder of their own. */
const withMigration = (file: string, sql: string): string => {
  const folder = join(dirname(file), "migrations")
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
  const journalFile = join(folder, "meta", "_journal.json")
  const journal = JSON.parse(readFileSync(journalFile, "utf8"))
  journal.entries.push({ ...journal.entries.at(-1), tag: "9999_next", when: Number.MAX_SAFE_INTEGER })
  writeFileSync(journalFile, JSON.stringify(journal))
  writeFileSync(join(folder, "9999_next.sql"), sql)
  return folder
}

/** Our first migrations alone. */
const firstMigrations = (file: string, count: number): string => {
  const folder = join(dirname(file), `first-${count}`)
  cpSync(MIGRATIONS_FOLDER, folder, { recursive: true })
  const journalFile = join(folder, "meta", "_journal.json")
  const journal = JSON.parse(readFileSync(journalFile, "utf8"))
  writeFileSync(journalFile, JSON.stringify({ ...journal, entries: journal.entries.slice(0, count) }))
  return folder
}

/** What drizzle-kit writes to change a column: a new table, filled from the old one. */
const rebuildOf = (table: string, columns: string, rows = "true") =>
  [
    "PRAGMA foreign_keys=OFF;",
    `CREATE TABLE __new_${table} (${columns}) STRICT;`,
    `INSERT INTO __new_${table} SELECT * FROM ${table} WHERE ${rows};`,
    `DROP TABLE ${table};`,
    `ALTER TABLE __new_${table} RENAME TO ${table};`,
    "PRAGMA foreign_keys=ON;",
  ].join("--> statement-breakpoint\n")

const columnsOf = (file: string, table: string): string => {
  const database = new Sqlite(file, { readonly: true })
  const sql = database.prepare<[string], string>("SELECT sql FROM sqlite_schema WHERE name = ?").pluck().get(table)!
  database.close()
  return sql.slice(sql.indexOf("(") + 1, sql.lastIndexOf(")"))
}

const apply = (file: string, folder: string) =>
  usable(file, () => {
    const writer = connect(file, { readonly: false })
    try {
      migrate(writer, file, folder)
    } finally {
      writer.sqlite.close()
    }
  })

/** A database with a client, its numbers 1 and 2, and a number 3 that was deleted. */
const plant = Effect.fnUntraced(function* () {
  const file = yield* temporaryFile
  const clientId = yield* Effect.gen(function* () {
    const { run } = yield* UnitOfWork
    const { writer } = yield* Database
    const { id } = yield* run(givenClient)
    for (const label of ["one", "two", "three"]) yield* run(insertPhoneNumber(id, { label }))
    writer.sqlite.exec("DELETE FROM phone_numbers WHERE id = 3")
    return id
  }).pipe(Effect.provide(layer({ file })))
  return { file, clientId }
})

const rowsIn = (file: string) => {
  const database = new Sqlite(file, { readonly: true })
  const rows = database.prepare<[], string>("SELECT id || ' ' || label FROM phone_numbers ORDER BY id").pluck().all()
  database.close()
  return rows
}

describe("the second migration", () => {
  it.effect("counts the clients of a database that the first one made", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* apply(file, firstMigrations(file, 1))
      const old = new Sqlite(file)
      old.exec(`
        INSERT INTO accounts (id, created_at) VALUES (1, 1000), (2, 1000), (3, 1000);
        INSERT INTO clients VALUES (10, 1, 'Ada', 2, 3, 1000), (11, 1, 'Charles', 0, 1, 1000), (12, 3, 'Mary', 0, 1, 1000);
        INSERT INTO phone_numbers VALUES
          (100, 10, 'home', '1', '504-555-0123', '5550123', NULL, '+15045550123', '504 555 0123', 1, 1, 1000),
          (101, 10, NULL, '1', '504-555-0199', '5550199', '7', '+15045550199', '504 555 0199', 0, 2, 1000);
      `)
      old.close()
      yield* Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { reader } = yield* Database
        const counts = reader.sqlite.prepare("SELECT client_count FROM accounts ORDER BY id").pluck()
        assert.deepEqual(counts.all(), [2, 0, 1])
        const numbers = yield* read(phoneNumbersOf(ClientId.make(10)))
        assert.deepEqual(
          numbers.map(({ id, isPrimary, version }) => [id, isPrimary, version]),
          [
            [100, true, 1],
            [101, false, 2],
          ],
        )
        const [inserted] = yield* run(insertPhoneNumber(ClientId.make(11)))
        assert.strictEqual(inserted!.id, 102)
      }).pipe(Effect.provide(layer({ file })))
      assert.isTrue(existsSync(`${file}.before-migration-2`))
    }),
  )
})

describe("a migration that rebuilds a table", () => {
  it.effect("keeps its rows, the rows that refer to it, and the ids it gave", () =>
    Effect.gen(function* () {
      const { file } = yield* plant()
      const rebuilds = ["clients", "phone_numbers"].map((table) => rebuildOf(table, columnsOf(file, table)))
      yield* apply(file, withMigration(file, rebuilds.join("--> statement-breakpoint\n")))
      assert.deepEqual(rowsIn(file), ["1 one", "2 two"])
      const database = new Sqlite(file)
      assert.strictEqual(
        database
          .prepare(
            "INSERT INTO phone_numbers SELECT NULL, client_id, 'next', country_code, number, raw_number, extension, e164, typed, 0, 1, 1 FROM phone_numbers WHERE id = 1",
          )
          .run().lastInsertRowid,
        4,
      )
      database.close()
    }),
  )

  it.effect("keeps the ids of a table that is empty", () =>
    Effect.gen(function* () {
      const { file } = yield* plant()
      const database = new Sqlite(file)
      database.exec("DELETE FROM phone_numbers")
      yield* apply(file, withMigration(file, rebuildOf("phone_numbers", columnsOf(file, "phone_numbers"))))
      assert.strictEqual(
        database.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'phone_numbers'").pluck().get(),
        3,
      )
      database.close()
    }),
  )
})

describe("a migration that would lose something", () => {
  const cases = [
    ["rows", (columns: string) => rebuildOf("phone_numbers", columns, "id < 2"), "1 of the 2 rows of phone_numbers"],
    ["what rows refer to", () => "UPDATE phone_numbers SET client_id = 999", "2 rows without what they refer to"],
    ["a constraint", () => "UPDATE phone_numbers SET is_primary = 1", "UNIQUE constraint failed"],
  ] as const
  it.effect.each(cases)("is taken back and refused: %s", ([, migration, reason]) =>
    Effect.gen(function* () {
      const { file, clientId } = yield* plant()
      const folder = withMigration(file, migration(columnsOf(file, "phone_numbers")))
      const refusal = yield* Effect.flip(apply(file, folder))
      assert.include(refusal.message, file)
      assert.include(refusal.message, reason)
      assert.deepEqual(rowsIn(file), ["1 one", "2 two"])
      yield* Effect.flip(apply(file, folder))
      const copies = readdirSync(dirname(file)).filter((name) => name.includes("before-migration"))
      assert.deepEqual(copies, [`${basename(file)}.before-migration-3`])
      const again = Effect.flatMap(UnitOfWork, ({ read }) => read(phoneNumbersOf(clientId)))
      assert.lengthOf(yield* Effect.provide(again, layer({ file })), 2)
    }),
  )
})

describe("a snapshot", () => {
  it.effect("of the database as it was stands beside it after a migration, and takes the place of no other", () =>
    Effect.gen(function* () {
      const { file } = yield* plant()
      const folder = withMigration(file, "UPDATE phone_numbers SET label = 'changed'")
      const snapshot = `${file}.before-migration-3`
      copyFileSync(file, `${file}.put-back`)
      yield* apply(file, folder)
      assert.deepEqual(rowsIn(file), ["1 changed", "2 changed"])
      assert.deepEqual(rowsIn(snapshot), ["1 one", "2 two"])
      assert.strictEqual(statSync(snapshot).mode & 0o777, 0o600)

      renameSync(`${file}.put-back`, file)
      const database = new Sqlite(file)
      database.exec("UPDATE phone_numbers SET label = 'put back'")
      database.close()
      yield* apply(file, folder)
      assert.deepEqual(rowsIn(snapshot), ["1 one", "2 two"])
      const later = readdirSync(dirname(file)).find((name) => /before-migration-3-\d{8}T\d{9}Z$/u.test(name))
      assert.deepEqual(rowsIn(join(dirname(file), later!)), ["1 put back", "2 put back"])
      assert.isEmpty(readdirSync(dirname(file)).filter((name) => name.endsWith(".unfinished")))
    }),
  )

  it.effect("is not taken of a new database, nor when nothing is pending", () =>
    Effect.gen(function* () {
      const { file } = yield* plant()
      yield* apply(file, MIGRATIONS_FOLDER)
      assert.deepEqual(
        readdirSync(dirname(file)).filter((name) => name.includes("before-migration")),
        [],
      )
    }),
  )
})

describe("a database newer than the program", () => {
  it.effect("is refused and left alone", () =>
    Effect.gen(function* () {
      const { file } = yield* plant()
      yield* apply(file, withMigration(file, "UPDATE phone_numbers SET label = 'changed'"))
      const refusal = yield* Effect.flip(Effect.provide(Effect.void, layer({ file })))
      assert.include(refusal.message, "newer version")
      assert.deepEqual(rowsIn(file), ["1 changed", "2 changed"])
    }),
  )
})
