import { createRequire } from "node:module"
import type * as Orm from "drizzle-orm"
import type * as BetterSqlite3 from "drizzle-orm/better-sqlite3"
import type * as Migrator from "drizzle-orm/migrator"
import type * as SqliteCore from "drizzle-orm/sqlite-core"

// Imported as ES modules, Drizzle adds over a second and 100 MB to every start: Node reads its package.json of 179 KB again
// for each of its modules. `require` does not.
const require = createRequire(import.meta.url)

export const {
  and,
  asc,
  count,
  eq,
  getTableColumns,
  gt,
  gte,
  inArray,
  isNotNull,
  isNull,
  lt,
  lte,
  or,
  sql,
}: typeof Orm = require("drizzle-orm")
export const {
  blob,
  check,
  index,
  integer,
  sqliteTable,
  text,
  uniqueIndex,
}: typeof SqliteCore = require("drizzle-orm/sqlite-core")
export const { drizzle }: typeof BetterSqlite3 = require("drizzle-orm/better-sqlite3")
export const { readMigrationFiles }: typeof Migrator = require("drizzle-orm/migrator")
