import { copyFileSync, renameSync } from "node:fs"
import { join } from "node:path"
import { type ClientId, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"
import { layer } from "../src/index.ts"
import { insertAccount, insertClient, insertPhoneNumber, insertPrimary, temporaryFile } from "./fixtures.ts"

/** A database that no process uses, in a folder of its own: one account, one client, two numbers, one of them primary. */
export const givenDatabase = Effect.gen(function* () {
  const file = yield* temporaryFile
  const clientId = yield* Effect.gen(function* () {
    const { run } = yield* UnitOfWork
    return yield* run(
      Effect.gen(function* () {
        const accountId = yield* insertAccount()
        const { id } = yield* insertClient(accountId)
        yield* insertPhoneNumber(id)
        yield* insertPrimary(accountId, id)
        return id
      }),
    )
  }).pipe(Effect.provide(layer({ file })))
  return { file, clientId, folder: join(file, "..") }
})

/** Adds a number to a client as the service does, and answers its id. */
export const addPhoneNumber = (file: string, clientId: ClientId) =>
  UnitOfWork.use(({ run }) => run(insertPhoneNumber(clientId))).pipe(
    Effect.map(([number]) => number!.id),
    Effect.provide(layer({ file })),
  )

/** Does to a file what Phonebook would never do. */
export const tamper = (file: string, statements: string): void => {
  const sqlite = new Sqlite(file)
  sqlite.unsafeMode()
  sqlite.pragma("foreign_keys = OFF")
  sqlite.pragma("ignore_check_constraints = ON")
  sqlite.exec(statements)
  sqlite.close()
}

/** One value of a file. */
export const ask = (file: string, query: string): unknown => {
  const sqlite = new Sqlite(file, { readonly: true })
  try {
    return sqlite.prepare(query).pluck().get()
  } finally {
    sqlite.close()
  }
}

/** The files that a killed server leaves, in a folder of their own: a fourth number is in the log alone. */
export const crash = Effect.fnUntraced(function* (file: string) {
  const { file: crashed, clientId } = yield* givenDatabase
  for (const suffix of ["", ".key"]) copyFileSync(file + suffix, crashed + suffix)
  const away = `${crashed}.away`
  const sqlite = new Sqlite(crashed)
  sqlite.pragma("journal_mode = WAL")
  sqlite.exec(`INSERT INTO phone_numbers (client_id, label, country_code, number, raw_number, e164, typed, is_primary, version, updated_at)
      SELECT client_id, label, country_code, number, raw_number, e164, typed, 0, 1, 1 FROM phone_numbers WHERE id = 1;
      UPDATE clients SET phone_number_count = phone_number_count + 1 WHERE id = ${clientId}`)
  for (const suffix of ["", "-wal"]) copyFileSync(crashed + suffix, away + suffix)
  sqlite.close()
  for (const suffix of ["", "-wal"]) renameSync(away + suffix, crashed + suffix)
  return { crashed }
})
