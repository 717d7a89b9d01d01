import { parentPort, workerData } from "node:worker_threads"
import Sqlite from "better-sqlite3"
import { distrustIndex, isFailedSyncCode } from "./failed-sync.ts"

/** What the worker answers: the frames that the log holds, or why it could not move them. An error would lose its code. */
export type CheckpointAnswer = { readonly frames: number } | { readonly message: string; readonly code: string }

const file = workerData as string
const sqlite = new Sqlite(file)
// A checkpoint must know what it has moved to be on the disk before it gives up the frames.
sqlite.pragma("synchronous = FULL")
sqlite.pragma("fullfsync = ON")

// Reading opens the log: the machine tells of a failed sync whoever had it open then, and no one else.
sqlite.prepare("SELECT count(*) FROM sqlite_schema").get()
parentPort?.postMessage("ready")

const checkpoint = (): CheckpointAnswer => {
  try {
    const [moved] = sqlite.pragma("wal_checkpoint(PASSIVE)") as [{ readonly log: number }]
    return { frames: moved.log }
  } catch (error) {
    const { message, code } = error as InstanceType<typeof Sqlite.SqliteError>
    // Here, at once: who opens the database from now on is not told of it by the machine.
    if (isFailedSyncCode(code)) distrustIndex(file)
    return { message, code }
  }
}

parentPort?.on("message", (order: "checkpoint" | "close") => {
  if (order === "checkpoint") return parentPort?.postMessage(checkpoint())
  sqlite.close()
  parentPort?.close()
})
