import Sqlite from "better-sqlite3"
import type { Client, KeptAnswer, State } from "./history.ts"

/** How many units of work a database holds: every one but the first gives one client its next version. */
export const COUNT_UNITS = "SELECT coalesce(sum(version - 1) + 1, 0) FROM clients"

const LAST_ID = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'phone_numbers'"
const CLIENTS = `SELECT id, version, phone_number_count AS phoneNumberCount FROM clients ORDER BY id`
const PHONE_NUMBERS = `
  SELECT id, client_id AS clientId, label, country_code AS countryCode, number, raw_number AS rawNumber, extension, e164,
    typed, is_primary AS isPrimary, version, updated_at AS updatedAt
  FROM phone_numbers ORDER BY id`
const ANSWERS = "SELECT key, answer FROM idempotency_results ORDER BY id"

type Row = Omit<State["phoneNumbers"][number], "isPrimary"> & { readonly isPrimary: 0 | 1 }

/** What is in a database, and what SQLite itself finds wrong with it. */
export const readDatabase = (file: string) => {
  const sqlite = new Sqlite(file)
  try {
    // It is looked at once and thrown away.
    sqlite.pragma("synchronous = OFF")
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
      integrity: sqlite.prepare<[], string>("PRAGMA integrity_check").pluck().all(),
      orphans: sqlite.prepare("PRAGMA foreign_key_check").all(),
    }
  } finally {
    sqlite.close()
  }
}
