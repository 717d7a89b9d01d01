import { existsSync, readdirSync, readlinkSync, statSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { openDatabase } from "../src/database.ts"
import { distrustIndex } from "../src/failed-sync.ts"
import { openWriteAheadLog } from "../src/write-ahead-log.ts"
import { givenDatabase } from "./maintenance.ts"

const DESCRIPTORS = "/proc/self/fd"
/** How often this process has a file open. */
const descriptorsOf = (file: string): number =>
  readdirSync(DESCRIPTORS).filter((descriptor) => {
    try {
      return readlinkSync(`${DESCRIPTORS}/${descriptor}`) === file
    } catch {
      // That of the folder itself is closed by now.
      return false
    }
  }).length

it.effect.skipIf(!existsSync(DESCRIPTORS))(
  "a database is open for all who will use it before it is used: the machine tells of a failed sync who had it open (skipped without /proc)",
  () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      yield* Effect.scoped(
        Effect.flatMap(openDatabase(file), openWriteAheadLog).pipe(
          // One that writes, one that reads, and the worker's that checkpoints.
          Effect.map(() => assert.strictEqual(descriptorsOf(file), 3)),
        ),
      )
    }),
)

describe("a sync of another process that fails while a database is opened", () => {
  it.effect("keeps it from being used, and its log as it is", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const opening = Effect.gen(function* () {
        const database = yield* openDatabase(file)
        database.writer.sqlite.exec("INSERT INTO settings (name, value) VALUES ('moved', '1')")
        distrustIndex(file)
        return yield* Effect.flip(openWriteAheadLog(database))
      })
      const { reason } = yield* Effect.scoped(opening)
      assert.strictEqual(reason, "a sync of the disk has failed while it was opened")
      assert.isAbove(statSync(`${file}-wal`).size, 0)
    }),
  )
})
