import { DatabaseSync } from "node:sqlite"

const ROWS_PER_TRANSACTION = 500_000

/** A number for each row, in no order, as `northAmerican` of requests.ts makes them. */
const DIGITS = "CAST(2000000000 + (i * 2654435761) % 8000000000 AS TEXT)"
const HYPHENATED = `substr(${DIGITS}, 1, 3) || '-' || substr(${DIGITS}, 4, 3) || '-' || substr(${DIGITS}, 7)`

/** What differs from row to row; in every other column all rows are as the one that is copied. */
const COLUMNS: Readonly<Record<string, string>> = {
  id: "NULL",
  client_id: "CASE WHEN i <= :of_first THEN :first_client ELSE :other_client + i % :other_clients END",
  number: HYPHENATED,
  raw_number: `substr(${DIGITS}, 4)`,
  e164: `'+1' || ${DIGITS}`,
  typed: HYPHENATED,
  is_primary: "0",
}

/** Fills the file of a server that is stopped, past all its rules: ten million requests would take an hour. */
export const grow = (given: {
  readonly file: string
  /** Without a gap. */
  readonly clientIds: ReadonlyArray<number>
  readonly rows: number
  readonly ofFirstClient: number
}): void => {
  const database = new DatabaseSync(given.file)
  try {
    database.exec("PRAGMA synchronous = OFF; PRAGMA cache_size = -500000; PRAGMA temp_store = MEMORY")
    const names = database
      .prepare("SELECT name FROM pragma_table_info('phone_numbers')")
      .all()
      .map(({ name }) => String(name))
    // Indexes are made several times faster from all rows than row by row.
    const indexes = database
      .prepare(
        "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'phone_numbers' AND type = 'index' AND sql IS NOT NULL",
      )
      .all()
    for (const { name } of indexes) database.exec(`DROP INDEX ${String(name)}`)
    const insert = database.prepare(
      `WITH RECURSIVE numbers(i) AS (SELECT :from UNION ALL SELECT i + 1 FROM numbers WHERE i < :to)
       INSERT INTO phone_numbers (${names.join(", ")})
       SELECT ${names.map((name) => COLUMNS[name] ?? `copied.${name}`).join(", ")}
       FROM numbers, (SELECT * FROM phone_numbers LIMIT 1) AS copied`,
    )
    for (let from = 1; from <= given.rows; from += ROWS_PER_TRANSACTION) {
      insert.run({
        from,
        to: Math.min(from + ROWS_PER_TRANSACTION - 1, given.rows),
        of_first: given.ofFirstClient,
        first_client: given.clientIds[0]!,
        other_client: given.clientIds[1]!,
        other_clients: given.clientIds.length - 1,
      })
    }
    for (const { sql } of indexes) database.exec(String(sql))
    database.exec(
      `UPDATE clients SET phone_number_count = counted.count
       FROM (SELECT client_id, count(*) AS count FROM phone_numbers GROUP BY client_id) AS counted WHERE id = client_id;
       PRAGMA wal_checkpoint(TRUNCATE)`,
    )
  } finally {
    database.close()
  }
}
