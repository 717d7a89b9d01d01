import type Sqlite from "better-sqlite3"
import type { Effect, Redacted } from "effect"
import { connect } from "./connection.ts"
import { isUnreadable } from "./driver-error.ts"
import { migrate } from "./migrations.ts"
import { type Counts, countRows, type DatabaseFile, openDatabaseFile } from "./open-database-file.ts"
import { attempt, type Refused } from "./refused.ts"
import { keyTrouble } from "./secret-key.ts"
import { autoincrementTables } from "./sequences.ts"

/** Something that must not be. It names rows by their ids, and never shows a name or a number. */
export interface Finding {
  readonly check: string
  readonly detail: string
}

/** Most findings of one check that are told. */
const MOST = 20

// Every row is looked at, not the counters and indexes that are under suspicion: NOT INDEXED, and `+` before a column.
const INVARIANTS = {
  primary: `SELECT 'client ' || client_id || ' has ' || count(*) || ' primary phone numbers'
    FROM phone_numbers NOT INDEXED WHERE is_primary = 1 GROUP BY client_id HAVING count(*) > 1`,
  phone_number_count: `SELECT 'client ' || id || ' counts ' || phone_number_count || ' phone numbers and has ' || ifnull(rows, 0)
    FROM clients LEFT JOIN (SELECT client_id, count(*) AS rows FROM phone_numbers NOT INDEXED GROUP BY client_id) ON client_id = id
    WHERE phone_number_count <> ifnull(rows, 0)`,
  client_count: `SELECT 'account ' || id || ' counts ' || client_count || ' clients and has ' || ifnull(rows, 0)
    FROM accounts LEFT JOIN (SELECT account_id, count(*) AS rows FROM clients NOT INDEXED GROUP BY account_id) ON account_id = id
    WHERE client_count <> ifnull(rows, 0)`,
  version: `SELECT 'client ' || id || ' has version ' || version FROM clients NOT INDEXED WHERE version < 1
    UNION ALL SELECT 'phone number ' || id || ' has version ' || version FROM phone_numbers NOT INDEXED WHERE version < 1`,
  number: `SELECT 'phone number ' || id || ' has a number that is not its E.164 form'
    FROM phone_numbers NOT INDEXED WHERE '+' || country_code || replace(number, '-', '') <> e164
    UNION ALL SELECT 'phone number ' || id || ' has a raw number that is not the end of its number'
    FROM phone_numbers NOT INDEXED WHERE replace(number, '-', '') NOT LIKE '%' || raw_number`,
} as const

/** What is wrong with the rows, told from the rows themselves, on one consistent view of them. */
export const examine = ({ sqlite, current }: DatabaseFile): ReadonlyArray<Finding> => {
  const found: Array<Finding> = []
  const check = (name: string, details: () => Iterable<string>) => {
    try {
      for (const detail of Array.from(details()).slice(0, MOST)) found.push({ check: name, detail })
    } catch (error) {
      if (!isUnreadable(error)) throw error
      found.push({ check: name, detail: error.message })
    }
  }
  check("integrity", () => texts(sqlite, `PRAGMA integrity_check(${MOST})`).filter((text) => text !== "ok"))
  check("foreign_keys", () => texts(sqlite, ORPHANS))
  if (!current)
    check("migrations", () => ["it is older than this program; the server brings it up to date when it starts"])
  if (current) {
    check("schema", () => missingFromSchema(sqlite))
    for (const [name, query] of Object.entries(INVARIANTS)) check(name, () => texts(sqlite, `${query} LIMIT ${MOST}`))
  }
  check("sequence", () => autoincrementTables(sqlite).flatMap((table) => texts(sqlite, behind(table))))
  return found
}

/** What makes a file unfit to be a backup, in words; null where nothing does. */
export const damage = (findings: ReadonlyArray<Finding>): string | null => {
  const details = findings.filter(({ check }) => check === "integrity" || check === "foreign_keys")
  return details.length === 0 ? null : details.map(({ detail }) => detail).join("; ")
}

const texts = (sqlite: Sqlite.Database, query: string): ReadonlyArray<string> =>
  sqlite.prepare<[], string>(query).pluck().all()

const ORPHANS = `SELECT "table" || ' ' || ifnull(rowid, '') || ' refers to one of ' || parent || ' that is not there'
  FROM pragma_foreign_key_check LIMIT ${MOST}`

const behind = (table: string): string =>
  `SELECT '${table} would give id ' || (last + 1) || ' next, and has ' || highest FROM (SELECT
    (SELECT max(id) FROM ${table} NOT INDEXED) AS highest,
    ifnull((SELECT max(seq) FROM sqlite_sequence WHERE name = '${table}'), 0) AS last) WHERE last < highest`

/** What the migrations make and is not there; an index of the operator's own is no harm. */
const missingFromSchema = (sqlite: Sqlite.Database): ReadonlyArray<string> => {
  const made = connect(":memory:", { readonly: false })
  try {
    migrate(made, ":memory:")
    const parts = (database: Sqlite.Database) => [
      ...texts(database, "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|'"),
      ...texts(database, "SELECT 'STRICT on table ' || name FROM pragma_table_list WHERE strict AND schema = 'main'"),
    ]
    const there = new Set(parts(sqlite))
    return parts(made.sqlite)
      .filter((part) => !there.has(part))
      .map((part) => `${part} is missing`)
  } finally {
    made.sqlite.close()
  }
}

/** What `doctor` saw. */
export interface Diagnosis {
  readonly file: string
  /** Null where the file is too damaged to count. */
  readonly counts: Counts | null
  readonly findings: ReadonlyArray<Finding>
}

/** Examines a database and its key, beside a running server too; writes nothing. */
export const doctor = (options: {
  readonly file: string
  readonly secretKey: Redacted.Redacted<string> | undefined
}): Effect.Effect<Diagnosis, Refused> =>
  attempt(`Cannot examine ${options.file}`, () => {
    const database = openDatabaseFile(options.file)
    const { sqlite } = database
    try {
      sqlite.exec("BEGIN")
      const findings = examine(database)
      if (damage(findings) !== null) return { file: options.file, counts: null, findings }
      const trouble = keyTrouble(sqlite, options.file, options.secretKey)
      const ofKey = trouble === null ? [] : [{ check: "key", detail: trouble }]
      return { file: options.file, counts: countRows(sqlite), findings: [...findings, ...ofKey] }
    } finally {
      sqlite.close()
    }
  })
