import { Unavailable } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Cause, Exit } from "effect"
import { isFailedSyncCode } from "./failed-sync.ts"

/** Trouble of the disk or of another process: expected, and over when its reason is. Anything else is a defect. */
const EXPECTED = /^SQLITE_(BUSY|FULL|IOERR|READONLY|CANTOPEN)/u

type SqliteError = InstanceType<typeof Sqlite.SqliteError>

/** The error of SQLite that this is or, as some of Drizzle's drivers wrap it, has as its cause. */
const sqliteError = (error: unknown): SqliteError | undefined =>
  error instanceof Sqlite.SqliteError
    ? error
    : error instanceof Error && error.cause !== undefined
      ? sqliteError(error.cause)
      : undefined

/** Whether another connection holds the lock: the same may succeed in a moment. */
export const isLocked = (error: unknown): boolean => sqliteError(error)?.code.startsWith("SQLITE_BUSY") ?? false

/** Whether SQLite cannot make sense of a file's bytes. */
export const isUnreadable = (error: unknown): error is Error =>
  error instanceof Sqlite.SqliteError && /^SQLITE_(NOTADB|CORRUPT)/u.test(error.code)

/** What is wrong with the disk or the file of a database, where that is what something died of. */
export const databaseTrouble = (error: unknown): string | undefined => {
  const found = sqliteError(error)
  return found !== undefined && (EXPECTED.test(found.code) || isUnreadable(found)) ? found.message : undefined
}

/** Whether something failed for a reason of the world outside (SQLite or a system call), which is not ours to mend. */
export const isOutside = (error: unknown): error is Error =>
  // SQLITE_ERROR is wrong SQL.
  error instanceof Sqlite.SqliteError ? error.code !== "SQLITE_ERROR" : error instanceof Error && "syscall" in error

/** Whether the disk failed to confirm what was written: from then on nobody knows what of it is there. */
export const isFailedSync = (error: unknown): boolean => isFailedSyncCode(sqliteError(error)?.code ?? "")

/**
 * Whether a COMMIT failed once its frames were in the log, because the index of the log could not grow (a full disk): the next
 * one writes over them, but a crash before that brings them back.
 */
export const isHalfCommitted = (error: unknown): boolean =>
  sqliteError(error)?.code.startsWith("SQLITE_IOERR_SHM") ?? false

/** The error of SQLite that a program died of. */
export const driverError = (exit: Exit.Exit<unknown, unknown>): SqliteError | undefined =>
  Exit.isSuccess(exit)
    ? undefined
    : exit.cause.reasons
        .filter(Cause.isDieReason)
        .map(({ defect }) => sqliteError(defect))
        .find((error) => error !== undefined)

/** What a thrown error means to the caller: Unavailable where it was to be expected, else a defect. */
export const failure = (error: unknown): Exit.Exit<never, Unavailable> => {
  const { code, message } = sqliteError(error) ?? { code: "", message: "" }
  return EXPECTED.test(code) ? Exit.fail(new Unavailable({ reason: `${message} (${code})` })) : Exit.die(error)
}

/** An exit whose defect is an expected error of SQLite (busy, full, I/O) as the failure it is; any other as it stands. */
export const withExpectedErrors = <A, E>(exit: Exit.Exit<A, E>): Exit.Exit<A, E | Unavailable> => {
  const error = driverError(exit)
  return error === undefined || !EXPECTED.test(error.code) ? exit : failure(error)
}
