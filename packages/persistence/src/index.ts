import { type Repositories, UnitOfWork } from "@phonebook/domain"
import { Context, Effect, Layer, type Redacted } from "effect"
import { Database, openDatabase, usable } from "./database.ts"
import type { DatabaseUnusable } from "./database-unusable.ts"
import { PACE, type Pace } from "./pace.ts"
import { repositories } from "./repositories.ts"
import { openSecretKey } from "./secret-key.ts"
import type { StoreObserver } from "./store-observer.ts"
import { unitOfWork } from "./unit-of-work.ts"

export { type Backup, backup } from "./backup.ts"
export { Database } from "./database.ts"
export { DatabaseUnusable } from "./database-unusable.ts"
export { databaseTrouble } from "./driver-error.ts"
export { type Diagnosis, doctor, type Finding } from "./doctor.ts"
export { type ErasableClient, eraseClient, findErasableClient, finishErasure } from "./erasure.ts"
export { type Counts, requireCurrentDatabase } from "./open-database-file.ts"
export { plantClient } from "./plant-client.ts"
export { Refused } from "./refused.ts"
export { restore, type Restored } from "./restore.ts"
export type { StoreFigures, StoreObserver } from "./store-observer.ts"

/**
 * The ports of the domain on one SQLite file: call it once per process, every call opens the file anew. The repositories
 * provided directly only read, outside of any unit of work: trouble of the store is a defect there, and Unavailable in
 * `UnitOfWork.read`. When its scope ends, what waits for a commit is still committed.
 *
 * @param options.file the database, made with its folder where absent; `:memory:` for one that lives as long as the layer.
 * @param options.observe who hears of commits, and may ask for the figures of the store.
 * @param options.secretKey what stored secrets are encrypted with: 32 bytes as 64 hexadecimal digits or as base64. By
 *   default it is kept in `<file>.key`, which is made for a database without credentials.
 * @param options.pace how long the store does one thing before it sees to the next: for tests.
 */
export const layer = (options: {
  readonly file: string
  readonly secretKey?: Redacted.Redacted<string> | undefined
  readonly observe?: StoreObserver
  readonly pace?: Partial<Pace>
}): Layer.Layer<UnitOfWork | Repositories | Database, DatabaseUnusable> =>
  Layer.effectContext(
    Effect.gen(function* () {
      const database = yield* openDatabase(options.file)
      const key = yield* usable(options.file, () => openSecretKey(database, options.secretKey))
      const writing = repositories(database.writer, key)
      const reading = repositories(database.reader, key)
      const units = yield* unitOfWork(database, { writing, reading }, { ...PACE, ...options.pace }, options.observe)
      return reading.pipe(Context.add(UnitOfWork, units), Context.add(Database, database))
    }),
  )
