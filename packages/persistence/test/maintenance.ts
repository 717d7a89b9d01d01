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
