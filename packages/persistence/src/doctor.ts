import Sqlite from "better-sqlite3"
import type { Effect, Redacted } from "effect"
import { connect } from "./connection.ts"
import { ERASURE_UNFINISHED } from "./erasure.ts"
import { migrate } from "./migrations.ts"
import { COUNTED_TABLES, type Counts, countRows, type DatabaseFile, openDatabaseFile } from "./open-database-file.ts"
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

// NOT INDEXED: an index is under suspicion too, so the rows themselves are read.
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
  kept_answer: `SELECT 'kept answer ' || kept.id || ' shows client ' || value || ', which is gone'
    FROM idempotency_results AS kept, json_each(kept.client_ids) WHERE NOT EXISTS (SELECT 1 FROM clients WHERE id = value)`,
  erasure: `SELECT 'client ' || value || ' is erased and its traces may not be: phonebook clients erase ' || value || ' finishes it'
    FROM settings WHERE name = '${ERASURE_UNFINISHED}'`,
} as const

/** The details that a check tells, as findings; what SQLite cannot answer at all is one too. */
const check = (name: string, details: () => ReadonlyArray<string>): ReadonlyArray<Finding> => {
  try {
    return details()
      .slice(0, MOST)
      .map((detail) => ({ check: name, detail }))
  } catch (error) {
    if (!(error instanceof Sqlite.SqliteError)) throw error
    return [{ check: name, detail: error.message }]
  }
}

/** What is wrong with the rows, told from the rows themselves, on one consistent view of them. */
export const examine = ({ sqlite, current }: DatabaseFile): ReadonlyArray<Finding> => [
  ...check("integrity", () => texts(sqlite, `PRAGMA integrity_check(${MOST})`).filter((text) => text !== "ok")),
  ...check("foreign_keys", () => texts(sqlite, ORPHANS)),
  ...check("tables", () => {
    const there = texts(sqlite, "SELECT name FROM sqlite_schema WHERE type = 'table'")
    return COUNTED_TABLES.filter((table) => !there.includes(table)).map((table) => `${table} is missing`)
  }),
  ...(current
    ? [
        ...check("schema", () => missingFromSchema(sqlite)),
        ...Object.entries(INVARIANTS).flatMap(([name, query]) =>
          check(name, () => texts(sqlite, `${query} LIMIT ${MOST}`)),
        ),
      ]
    : check("migrations", () => ["it is older than this program; the server brings it up to date when it starts"])),
  ...check("sequence", () => autoincrementTables(sqlite).flatMap((table) => texts(sqlite, behind(table)))),
]

/** Whether the key at hand is the one of the stored secrets. */
export const examineKey = (
  sqlite: Sqlite.Database,
  file: string,
  secretKey: Redacted.Redacted<string> | undefined,
): ReadonlyArray<Finding> =>
  check("key", () => {
    const trouble = keyTrouble(sqlite, file, secretKey)
    return trouble === null ? [] : [trouble]
  })

const DAMAGE: ReadonlySet<string> = new Set(["integrity", "foreign_keys", "tables"])

/** What makes a file unfit to be a backup, in words; null where nothing does. */
export const damage = (findings: ReadonlyArray<Finding>): string | null => {
  const details = findings.filter((finding) => DAMAGE.has(finding.check))
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

const COLUMNS = `SELECT 'column ' || tables.name || '.' || columns.name
  FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`

/** What the migrations make and is not there; an index of the operator's own is no harm. */
const missingFromSchema = (sqlite: Sqlite.Database): ReadonlyArray<string> => {
  const made = connect(":memory:", { readonly: false })
  try {
    migrate(made, ":memory:")
    const parts = (database: Sqlite.Database) => [
      ...texts(database, "SELECT type || ' ' || name FROM sqlite_schema WHERE name NOT LIKE 'sqlite|_%' ESCAPE '|'"),
      ...texts(database, COLUMNS),
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

/** Examines a database and its key, beside a running server too; changes neither the file nor its log. */
export const doctor = (options: {
  readonly file: string
  readonly secretKey: Redacted.Redacted<string> | undefined
}): Effect.Effect<Diagnosis, Refused> =>
  attempt(`Cannot examine ${options.file}`, () => {
    const database = openDatabaseFile(options.file)
    const { sqlite, close } = database
    const { file, secretKey } = options
    try {
      // So that all checks see the same rows.
      sqlite.exec("BEGIN")
      const findings = [...examine(database), ...examineKey(sqlite, file, secretKey)]
      return { file, counts: damage(findings) === null ? countRows(sqlite) : null, findings }
    } finally {
      close()
    }
  })
