import { existsSync, readdirSync, rmSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { basename, dirname, join } from "node:path"
import type Sqlite from "better-sqlite3"
import { readMigrationFiles } from "./drizzle.ts"
import { type Connection, connect, isInMemory } from "./connection.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { haveSameContent, inName, moveDurably } from "./durable-file.ts"
import { makePrivateFile } from "./private-file.ts"

// Drizzle's own migrate() cannot be used: it begins a transaction before the migration turns foreign keys off, which
// then has no effect (a rebuilt table loses its children), and it does not notice a database newer than the program.

/** Found through package.json, so that it is the same from `src` and from `dist`. */
export const MIGRATIONS_FOLDER = join(dirname(findPackageJSON(import.meta.url) ?? "."), "migrations")

/**
 * Brings a database of ours up to date, in one transaction: all that is pending or nothing. The file as it was is kept
 * beside it, as `<file>.before-migration-<number>`: there is no other way back.
 *
 * @throws DatabaseUnusable for a database that is newer than the program, and for a migration that would lose something.
 *   SqliteError where the database cannot be locked or written.
 */
export const migrate = (writer: Connection, file: string, folder = MIGRATIONS_FOLDER): void => {
  const { sqlite } = writer
  const refuse = (reason: string): never => {
    throw new DatabaseUnusable({ file, reason })
  }

  // Has no effect inside a transaction, so it comes before.
  sqlite.pragma("foreign_keys = OFF")
  try {
    // Another process that starts now finds the lock taken, and then nothing left to do.
    writer.transaction(() => {
      const applied = appliedMigrations(sqlite)
      const known = readMigrationFiles({ migrationsFolder: folder })
      const unknown = applied.filter((hash) => known.every((migration) => migration.hash !== hash))
      if (unknown.length > 0) refuse("it was written by a newer version of this program")
      const pending = known.filter(({ hash }) => !applied.includes(hash))
      if (pending.length === 0) return
      if (applied.length > 0 && !isInMemory(file)) keepSnapshot(file, applied.length + 1)

      const before = census(sqlite)
      for (const { sql } of pending) for (const statement of sql) sqlite.exec(statement)
      carrySequences(sqlite, before)

      const orphans = sqlite.prepare("PRAGMA foreign_key_check").all()
      if (orphans.length > 0) refuse(`a migration would leave ${orphans.length} rows without what they refer to`)
      const after = census(sqlite)
      for (const [table, { rows: former }] of before) {
        const rows = after.get(table)?.rows ?? 0
        if (rows !== former) refuse(`a migration would leave ${rows} of the ${former} rows of ${table}`)
      }

      const record = sqlite.prepare("INSERT INTO migrations (hash, applied_at) VALUES (?, unixepoch())")
      for (const { hash } of pending) record.run(hash)
    })
  } finally {
    sqlite.pragma("foreign_keys = ON")
  }
}

const tableNames = (sqlite: Sqlite.Database): ReadonlyArray<string> =>
  sqlite
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite|_%' ESCAPE '|'")
    .pluck()
    .all()

/** The hashes of the migrations a database has had. */
const appliedMigrations = (sqlite: Sqlite.Database): ReadonlyArray<string> => {
  sqlite.exec(
    "CREATE TABLE IF NOT EXISTS migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT",
  )
  return sqlite.prepare<[], string>("SELECT hash FROM migrations").pluck().all()
}

/**
 * By a connection of its own: the one that holds the lock cannot, and nobody else can write meanwhile. It takes the place of a
 * copy of the same that a try has left which was cut short, and of no other, which may be of a database that was put back since.
 */
const keepSnapshot = (file: string, migration: number): void => {
  const usual = `${file}.before-migration-${migration}`
  const unfinished = `${usual}.unfinished`
  rmSync(unfinished, { force: true })
  makePrivateFile(unfinished)
  const reader = connect(file, { readonly: true })
  try {
    reader.sqlite.prepare("VACUUM INTO ?").run(unfinished)
  } finally {
    reader.sqlite.close()
  }
  const former = readdirSync(dirname(file))
    .filter((name) => name === basename(usual) || name.startsWith(`${basename(usual)}-`))
    .map((name) => join(dirname(file), name))
  const same = former.find((path) => haveSameContent(path, unfinished))
  moveDurably(unfinished, same ?? (existsSync(usual) ? `${usual}-${inName(new Date())}` : usual))
}

type Census = ReadonlyMap<string, { readonly rows: number; readonly lastId: number | null }>

/** How many rows each table holds, and the last id it gave. */
const census = (sqlite: Sqlite.Database): Census => {
  const lastIds = new Map(sqlite.prepare<[], [string, number]>("SELECT name, seq FROM sqlite_sequence").raw().all())
  return new Map(
    tableNames(sqlite).map((table) => {
      const rows = sqlite.prepare<[], number>(`SELECT count(*) FROM "${table}"`).pluck().get() ?? 0
      return [table, { rows, lastId: lastIds.get(table) ?? null }]
    }),
  )
}

/** A rebuilt table counts on from the highest id that is there: an id that was deleted would be given again. */
const carrySequences = (sqlite: Sqlite.Database, before: Census): void => {
  const forget = sqlite.prepare("DELETE FROM sqlite_sequence WHERE name = ? AND seq <= ?")
  const carry = sqlite.prepare(
    "INSERT INTO sqlite_sequence (name, seq) SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?)",
  )
  for (const table of tableNames(sqlite)) {
    const lastId = before.get(table)?.lastId
    if (lastId === null || lastId === undefined) continue
    forget.run(table, lastId)
    carry.run(table, lastId, table)
  }
}
