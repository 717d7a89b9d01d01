import Database from "better-sqlite3"

const CLIENTS = 100

/** The tables and the clients that every peer begins with: what Phonebook keeps of a phone number, under the same indexes. */
export const makeTables = (file: string): void => {
  const database = new Database(file)
  database.pragma("journal_mode = WAL")
  database.exec(`
    CREATE TABLE clients (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      account_id INTEGER NOT NULL,
      name TEXT NOT NULL
    ) STRICT;
    CREATE TABLE phone_numbers (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      client_id INTEGER NOT NULL REFERENCES clients (id),
      label TEXT,
      country_code TEXT NOT NULL,
      number TEXT NOT NULL,
      raw_number TEXT NOT NULL,
      extension TEXT,
      e164 TEXT NOT NULL,
      typed TEXT NOT NULL,
      is_primary INTEGER NOT NULL,
      updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX phone_numbers_client_id ON phone_numbers (client_id);
    CREATE UNIQUE INDEX phone_numbers_primary ON phone_numbers (client_id) WHERE is_primary = 1;
    CREATE INDEX phone_numbers_e164 ON phone_numbers (e164);
  `)
  const insert = database.prepare("INSERT INTO clients (account_id, name) VALUES (1, ?)")
  for (let index = 0; index < CLIENTS; index++) insert.run(`Client ${index}`)
  database.close()
}
