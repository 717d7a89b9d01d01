import Sqlite from "better-sqlite3"
import type { Client, KeptAnswer, State } from "./history.ts"
import { MARK } from "./steps.ts"

/** How many units of work a database holds: every one but the first gives one client its next version. */
export const COUNT_UNITS = "SELECT coalesce(sum(version - 1) + 1, 0) FROM clients"

/** The same of a database that others write to. */
export const countUnits = (file: string): number => {
  const sqlite = new Sqlite(file, { readonly: true })
  try {
    return sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  } finally {
    sqlite.close()
  }
}

const LAST_ID = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'phone_numbers'"
const CLIENTS = `
  SELECT id, version, phone_number_count AS phoneNumberCount FROM clients WHERE name <> '${MARK}' ORDER BY id`
const MARKED = `SELECT count(*) FROM clients WHERE name = '${MARK}'`
const PHONE_NUMBERS = `
  SELECT id, client_id AS clientId, label, country_code AS countryCode, number, raw_number AS rawNumber, extension, e164,
    typed, is_primary AS isPrimary, version, updated_at AS updatedAt
  FROM phone_numbers ORDER BY id`
const ANSWERS = "SELECT key, answer FROM idempotency_results ORDER BY id"

type Row = Omit<State["phoneNumbers"][number], "isPrimary"> & { readonly isPrimary: 0 | 1 }

/** What SQLite itself finds wrong with a database. */
const troubleOf = (sqlite: Sqlite.Database): ReadonlyArray<string> => [
  ...sqlite
    .prepare<[], string>("PRAGMA integrity_check")
    .pluck()
    .all()
    .filter((line) => line !== "ok")
    .map((line) => `integrity_check: ${line}`),
  ...sqlite
    .prepare("PRAGMA foreign_key_check")
    .all()
    .map((orphan) => `foreign_key_check: ${JSON.stringify(orphan)}`),
]

/** By its name in the file: what is checked does not check itself. */
const isErasureUnfinished = (sqlite: Sqlite.Database): boolean =>
  sqlite.prepare("SELECT 1 FROM settings WHERE name = 'erasure_unfinished'").get() !== undefined

/** Looks at a database that is thrown away afterwards. */
const look = <A>(file: string, at: (sqlite: Sqlite.Database) => A): A => {
  const sqlite = new Sqlite(file, { fileMustExist: true })
  try {
    sqlite.pragma("synchronous = OFF")
    return at(sqlite)
  } finally {
    sqlite.close()
  }
}

/** What is in the database of a workload. */
export const readDatabase = (file: string) =>
  look(file, (sqlite) => {
    const phoneNumbers = sqlite.prepare<[], Row>(PHONE_NUMBERS).all()
    return {
      units: sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!,
      credentials: sqlite.prepare<[], number>("SELECT count(*) FROM credentials").pluck().get()!,
      state: {
        lastId: sqlite.prepare<[], number>(LAST_ID).pluck().get()!,
        clients: sqlite.prepare<[], Client>(CLIENTS).all(),
        phoneNumbers: phoneNumbers.map((row) => Object.assign(row, { isPrimary: row.isPrimary === 1 })),
        answers: sqlite.prepare<[], KeptAnswer>(ANSWERS).all(),
      } satisfies State,
      /** How many there are of those who are to be erased. */
      marked: sqlite.prepare<[], number>(MARKED).pluck().get()!,
      erasureUnfinished: isErasureUnfinished(sqlite),
      trouble: troubleOf(sqlite),
    }
  })

const TABLES = `
  SELECT name FROM sqlite_schema
  WHERE type = 'table' AND name NOT IN ('settings', 'migrations') AND name NOT LIKE 'sqlite|_%' ESCAPE '|'
  ORDER BY name`

/** All rows of a database, of whatever version, and what ids go on from; settings left out, which a start may change. */
export const readContents = (file: string) =>
  look(file, (sqlite) => {
    const rows = sqlite
      .prepare<[], string>(TABLES)
      .pluck()
      .all()
      .map((table) => [
        table,
        sqlite.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all(),
        sqlite.prepare("SELECT seq FROM sqlite_sequence WHERE name = ?").all(table),
      ])
    return {
      contents: JSON.stringify(rows),
      erasureUnfinished: isErasureUnfinished(sqlite),
      trouble: troubleOf(sqlite),
    }
  })
