import { rmSync } from "node:fs"
import type { ClientId } from "@phonebook/domain"
import { backup, Database, eraseClient, finishErasure, Refused } from "@phonebook/persistence"
import { Effect } from "effect"
import { BACKUP, MARK } from "./steps.ts"

// What an operator does to the database of a recorded process.

const remove = (file: string) =>
  Effect.try({
    try: () => rmSync(file, { force: true }),
    catch: (error) => new Refused({ message: `${file} cannot be removed: ${String(error)}` }),
  })

/** A backup never takes the place of a file: a former one, and what is left of one that was killed, is removed. */
export const backUp = Effect.fnUntraced(function* (file: string) {
  for (const left of [BACKUP, `${BACKUP}.unfinished`]) yield* remove(file + left)
  return yield* backup({ file, to: file + BACKUP, secretKey: undefined })
})

export const clientIdsNamed = (name: string) =>
  Effect.map(Database, ({ reader }) =>
    reader.sqlite.prepare<[string], ClientId>("SELECT id FROM clients WHERE name LIKE ?").pluck().all(name),
  )

/** As the command does it: first what was cut short is finished. */
export const eraseMarked = Effect.gen(function* () {
  yield* finishErasure
  for (const clientId of yield* clientIdsNamed(MARK)) yield* eraseClient(clientId)
})
