import { statSync } from "node:fs"
import { dirname } from "node:path"
import { Context, Effect, Schedule, type Scope } from "effect"
import { type Connection, connect, isInMemory } from "./connection.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { lockShared } from "./database-lock.ts"
import { isLocked, isOutside } from "./driver-error.ts"
import { destinationOf, makeFolderDurably } from "./durable-file.ts"
import { settleFormerLog } from "./former-log.ts"
import { migrate } from "./migrations.ts"
import { makePrivateFile } from "./private-file.ts"

/** An open, up-to-date SQLite file. */
export class Database extends Context.Service<
  Database,
  {
    /** As given when it was opened. */
    readonly file: string
    /** The only connection of this process that writes. */
    readonly writer: Connection
    /** Never waits for the writer. In memory there is one connection, and this is it. */
    readonly reader: Connection
    /** Makes the log stay as it is when the database closes, where it cannot be trusted any more. */
    readonly keepLog: () => void
  }
>()("@phonebook/persistence/Database") {}

/** How long start waits for another process that starts at the same time: some ten seconds. */
const LOCKED_RETRIES = { while: isLocked, schedule: Schedule.spaced("50 millis"), times: 200 }

/** Why a file cannot be used, where the system says it in a code. */
const REASONS: Readonly<Record<string, string>> = {
  EROFS: "its file system is read-only",
  EEXIST: "what should be its folder is a file",
  ENOTDIR: "what should be its folder is a file",
  ENOSPC: "its disk is full",
  SQLITE_BUSY:
    "another process keeps it locked, as a restore does, or a server once a sync of the disk has failed, until it is restarted; or has had it open since then",
  SQLITE_CANTOPEN: "this user may not open it, or write to its folder",
  SQLITE_READONLY: "this user may not write to it, or to the files beside it",
}

const reasonOf = ({ code, path, message }: NodeJS.ErrnoException): string =>
  code === "EACCES" ? `this user may not open or make ${path}` : (REASONS[code ?? ""] ?? message)

/**
 * Does a step of the start, which leaves nothing behind when it fails. What the operator can mend (no permission, no
 * database, locked, full) is DatabaseUnusable.
 */
export const usable = <A>(file: string, step: () => A): Effect.Effect<A, DatabaseUnusable> =>
  Effect.try({ try: step, catch: (error) => error }).pipe(
    Effect.retry(LOCKED_RETRIES),
    Effect.catch((error) => {
      if (error instanceof DatabaseUnusable) return Effect.fail(error)
      return isOutside(error) ? Effect.fail(new DatabaseUnusable({ file, reason: reasonOf(error) })) : Effect.die(error)
    }),
  )

/** As `usable`, for what is to be closed with the scope. Whoever waits for it may be told to end. */
const acquired = <A>(file: string, open: () => A, close: (opened: A) => void) =>
  Effect.acquireRelease(usable(file, open), (opened) => Effect.sync(() => close(opened)), { interruptible: true })

/** Makes the file, where there is none. */
const makeFile = (file: string): void => {
  try {
    makePrivateFile(destinationOf(file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error
    if (statSync(file).isDirectory()) throw new DatabaseUnusable({ file, reason: "it is a folder" })
  }
}

/** Opens a database (`:memory:` too), making and migrating it as needed, until the scope closes. */
export const openDatabase = Effect.fnUntraced(function* (
  file: string,
): Effect.fn.Return<Database["Service"], DatabaseUnusable, Scope.Scope> {
  // The last connection to close moves the log into the database, its checksums unread, and removes it. A reader cannot: it
  // stays open where the log must stay, until the process ends.
  let logStays = false
  const open = (readonly: boolean) =>
    acquired(
      file,
      () => connect(file, { readonly }),
      ({ sqlite }) => {
        if (!(readonly && logStays)) sqlite.close()
      },
    )

  if (!isInMemory(file)) {
    yield* usable(file, () => makeFolderDurably(dirname(destinationOf(file))))
    yield* acquired(
      file,
      () => lockShared(file),
      (lock) => lock.close(),
    )
    yield* usable(file, () => makeFile(file))
    yield* usable(file, () => settleFormerLog(file))
  }
  const writer = yield* open(false)
  yield* usable(file, () => migrate(writer, file))
  // What a savepoint may take back would else go to a file of its own for each large request. Not before: a migration may
  // sort more than memory holds.
  writer.sqlite.pragma("temp_store = MEMORY")
  const reader = isInMemory(file) ? writer : yield* open(true)
  return { file, writer, reader, keepLog: () => void (logStays = true) }
})
