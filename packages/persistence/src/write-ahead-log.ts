import { once } from "node:events"
import { closeSync, fdatasync, fdatasyncSync, fstatSync, openSync } from "node:fs"
import { dirname } from "node:path"
import { Worker } from "node:worker_threads"
import Sqlite from "better-sqlite3"
import { Effect, type Scope } from "effect"
import type { CheckpointAnswer } from "./checkpoint-worker.ts"
import { type Connection, isInMemory } from "./connection.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { type Database, usable } from "./database.ts"
import { sync } from "./durable-file.ts"
import { isIndexDistrusted } from "./failed-sync.ts"
import { pathOf } from "./former-log.ts"

/** What stands between a COMMIT and the disk, without making the event loop wait for either. */
export interface WriteAheadLog {
  /** Calls back when all that was committed before the call is on the disk, or with why it is not known to be. */
  readonly sync: (done: (error: Error | null) => void) => void
  /**
   * For when a sync has failed: nothing of it is moved into the database any more, not even when the database closes, and no
   * other process writes to it.
   */
  readonly keep: () => void
  /** Moves committed frames into the database; answers how many the log holds. What is committed meanwhile stays. */
  readonly checkpoint: () => Promise<number>
  /** Its size. */
  readonly bytes: () => number
}

/** Nothing of it outlives the process. */
const inMemory: WriteAheadLog = {
  sync: (done) => done(null),
  keep: () => {},
  checkpoint: () => Promise.resolve(0),
  bytes: () => 0,
}

/**
 * Takes over what SQLite does at a COMMIT under `synchronous=FULL` and at an automatic checkpoint: both wait for the disk
 * in the thread that runs them. Here COMMIT only writes the log; `sync` is an fdatasync of it in libuv's pool, and
 * checkpoints run on a connection of their own in a worker. What SQLite itself syncs to keep the file sound (the log before
 * a checkpoint, the database after it, the header of a log that starts anew) it still does under NORMAL.
 */
export const openWriteAheadLog = (
  database: Database["Service"],
): Effect.Effect<WriteAheadLog, DatabaseUnusable, Scope.Scope> =>
  isInMemory(database.file)
    ? Effect.succeed(inMemory)
    : Effect.acquireRelease(
        usable(database.file, () => take(database)),
        ({ release }) => Effect.promise(release),
      ).pipe(
        Effect.tap(({ ready }) => Effect.promise(() => ready)),
        Effect.tap(() => refuseDistrusted(database)),
        Effect.map(({ log }) => log),
      )

/**
 * A sync may have failed after the look at the former log, and before all of this process's connections were open: of those that
 * were not the machine tells none.
 */
const refuseDistrusted = ({ file, writer, keepLog }: Database["Service"]): Effect.Effect<void, DatabaseUnusable> =>
  Effect.suspend(() => {
    if (!isIndexDistrusted(pathOf(writer.sqlite))) return Effect.void
    keepLog()
    return Effect.fail(new DatabaseUnusable({ file, reason: "a sync of the disk has failed while it was opened" }))
  })

/** How long until the lock is asked for again, in milliseconds, where another process holds it or the disk fails. */
const LOCK_OUT_RETRY_MILLIS = 20

/**
 * Keeps other processes from writing, and from opening the database, which begins with the lock (`former-log.ts`). One that has
 * it open may begin a checkpoint; but that begins with a sync of the log, which on Linux fails for all who had it open before.
 */
const lockOut = (writer: Connection): void => {
  const { sqlite } = writer
  if (!sqlite.open || sqlite.inTransaction) return
  try {
    sqlite.exec("BEGIN IMMEDIATE")
  } catch {
    setTimeout(() => lockOut(writer), LOCK_OUT_RETRY_MILLIS).unref()
  }
}

const take = ({ writer, keepLog }: Database["Service"]) => {
  const file = pathOf(writer.sqlite)
  const descriptor = openSync(`${file}-wal`, "r+")
  try {
    // What another process has committed since this one opened the database.
    fdatasyncSync(descriptor)
    sync(dirname(file))
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
  writer.sqlite.pragma("synchronous = NORMAL")
  writer.sqlite.pragma("wal_autocheckpoint = 0")
  const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), { workerData: file, execArgv: [] })
  // Nothing is lost by ending, and without checkpoints the log would only grow.
  worker.on("error", (error) => {
    throw error
  })
  const ready = once(worker, "message").then(() => worker.unref())

  let kept = false
  const log: WriteAheadLog = {
    sync: (done) => fdatasync(descriptor, done),
    keep: () => {
      kept = true
      keepLog()
      lockOut(writer)
    },
    checkpoint: async () => {
      if (kept) return 0
      worker.postMessage("checkpoint")
      const [answer] = (await once(worker, "message")) as [CheckpointAnswer]
      if ("frames" in answer) return answer.frames
      throw new Sqlite.SqliteError(answer.message, answer.code)
    },
    bytes: () => fstatSync(descriptor).size,
  }
  const release = async () => {
    await ready
    const exit = once(worker, "exit")
    worker.ref()
    worker.postMessage("close")
    await exit
    if (writer.sqlite.inTransaction) writer.sqlite.exec("ROLLBACK")
    // From here on a COMMIT is SQLite's own to make durable again.
    writer.sqlite.pragma("synchronous = FULL")
    closeSync(descriptor)
  }
  return { log, ready, release }
}
