import { once } from "node:events"
import { closeSync, fdatasync, openSync } from "node:fs"
import { dirname } from "node:path"
import { Worker } from "node:worker_threads"
import Sqlite from "better-sqlite3"
import { Effect, type Scope } from "effect"
import type { CheckpointAnswer } from "./checkpoint-worker.ts"
import { type Connection, isInMemory } from "./connection.ts"
import { sync } from "./durable-file.ts"

/** What stands between a COMMIT and the disk, without making the event loop wait for either. */
export interface WriteAheadLog {
  /** Calls back when all that was committed before the call is on the disk, or with why it is not known to be. */
  readonly sync: (done: (error: Error | null) => void) => void
  /** Moves committed frames into the database; answers how many the log holds. What is committed meanwhile stays. */
  readonly checkpoint: () => Promise<number>
}

/** Nothing of it outlives the process. */
const inMemory: WriteAheadLog = { sync: (done) => done(null), checkpoint: () => Promise.resolve(0) }

/**
 * Takes over what SQLite does at a COMMIT under `synchronous=FULL` and at an automatic checkpoint: both wait for the disk
 * in the thread that runs them. Here COMMIT only writes the log; `sync` is an fdatasync of it in libuv's pool, and
 * checkpoints run on a connection of their own in a worker. What SQLite itself syncs to keep the file sound (the log before
 * a checkpoint, the database after it, the header of a log that starts anew) it still does under NORMAL.
 */
export const openWriteAheadLog = (file: string, writer: Connection): Effect.Effect<WriteAheadLog, never, Scope.Scope> =>
  isInMemory(file)
    ? Effect.succeed(inMemory)
    : Effect.map(
        Effect.acquireRelease(
          Effect.sync(() => take(file, writer)),
          ({ release }) => Effect.promise(release),
        ),
        ({ log }) => log,
      )

const take = (file: string, writer: Connection) => {
  // SQLite makes the log where it is absent, and so do we: whoever comes second finds it.
  const descriptor = openSync(`${file}-wal`, "a+")
  sync(dirname(file))
  writer.sqlite.pragma("synchronous = NORMAL")
  writer.sqlite.pragma("wal_autocheckpoint = 0")
  const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), { workerData: file, execArgv: [] })
  worker.unref()

  const log: WriteAheadLog = {
    sync: (done) => fdatasync(descriptor, done),
    checkpoint: async () => {
      worker.postMessage("checkpoint")
      const [answer] = (await once(worker, "message")) as [CheckpointAnswer]
      if ("code" in answer) throw new Sqlite.SqliteError(answer.message, answer.code)
      return answer.frames
    },
  }
  const release = async () => {
    const exit = once(worker, "exit")
    worker.ref()
    worker.postMessage("close")
    await exit
    // From here on a COMMIT is SQLite's own to make durable again.
    writer.sqlite.pragma("synchronous = FULL")
    closeSync(descriptor)
  }
  return { log, release }
}
