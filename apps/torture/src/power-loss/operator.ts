import { rmSync } from "node:fs"
import type { ClientId } from "@phonebook/domain"
import { backup, Database, eraseClient, finishErasure } from "@phonebook/persistence"
import { Effect } from "effect"
import { BACKUP, MARK } from "./steps.ts"

// What an operator does to the database of a recorded process.

/**
 * A backup never takes the place of a file: a former one, and what is left of one that was killed, is removed. Where the disk
 * fails at that, the backup is refused.
 */
export const backUp = (file: string) =>
  Effect.forEach([BACKUP, `${BACKUP}.unfinished`], (left) =>
    Effect.ignore(Effect.try(() => rmSync(file + left, { force: true }))),
  ).pipe(Effect.andThen(backup({ file, to: file + BACKUP, secretKey: undefined })))

export const clientIdsNamed = (name: string) =>
  Effect.map(Database, ({ reader }) =>
    reader.sqlite.prepare<[string], ClientId>("SELECT id FROM clients WHERE name LIKE ?").pluck().all(name),
  )

/** As the command does it: first what was cut short is finished. */
export const eraseMarked = Effect.gen(function* () {
  yield* finishErasure
  for (const clientId of yield* clientIdsNamed(MARK)) yield* eraseClient(clientId)
})
