import { DatabaseSync } from "node:sqlite"

/** A phone number as it lies in the file. */
export interface Row {
  readonly id: number
  readonly client_id: number
  readonly label: string | null
  readonly country_code: string
  readonly number: string
  readonly raw_number: string
  readonly extension: string | null
  readonly e164: string
  readonly typed: string
  readonly is_primary: 0 | 1
  readonly version: number
  readonly updated_at: number
}

/** A record that counts the rows which belong to it. */
export interface Counting {
  readonly id: number
  readonly counted: number
  readonly there: number
}

export interface Contents {
  readonly integrity: ReadonlyArray<object>
  readonly foreignKeys: ReadonlyArray<object>
  readonly accounts: ReadonlyArray<Counting>
  readonly clients: ReadonlyArray<Counting>
  readonly phoneNumbers: ReadonlyArray<Row>
}

const CLIENTS_OF_ACCOUNTS = `
  SELECT id, client_count AS counted, (SELECT count(*) FROM clients WHERE account_id = accounts.id) AS there
  FROM accounts`
const NUMBERS_OF_CLIENTS = `
  SELECT id, phone_number_count AS counted, (SELECT count(*) FROM phone_numbers WHERE client_id = clients.id) AS there
  FROM clients`

/** What is in a database, and what SQLite itself finds wrong with it. */
export const readContents = (file: string): Contents => {
  const database = new DatabaseSync(file, { readOnly: true })
  const select = <A>(sql: string) => database.prepare(sql).all() as unknown as ReadonlyArray<A>
  try {
    return {
      integrity: select("PRAGMA integrity_check"),
      foreignKeys: select("PRAGMA foreign_key_check"),
      accounts: select(CLIENTS_OF_ACCOUNTS),
      clients: select(NUMBERS_OF_CLIENTS),
      phoneNumbers: select("SELECT * FROM phone_numbers ORDER BY id"),
    }
  } finally {
    database.close()
  }
}
