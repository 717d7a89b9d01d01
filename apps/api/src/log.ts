import { Cause } from "effect"

const LEVELS = ["debug", "info", "warn", "error", "silent"] as const
export type LogLevel = (typeof LEVELS)[number]

export const isLogLevel = (text: string): text is LogLevel => (LEVELS as ReadonlyArray<string>).includes(text)

/** What a line says besides its time, level and message. Never a URL, a body, a number or a secret. */
export type LogFields = Readonly<Record<string, string | number | boolean | null | ReadonlyArray<string> | undefined>>

export type Log = Readonly<Record<Exclude<LogLevel, "silent">, (message: string, fields?: LogFields) => void>>

/** Writes one JSON object a line, from `minimum` up. */
export const makeLog = (minimum: LogLevel, write: (line: string) => void): Log => {
  const at = (level: LogLevel) => {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(minimum)) return () => {}
    return (message: string, fields?: LogFields) =>
      write(`${JSON.stringify({ time: new Date().toISOString(), level, message, ...fields })}\n`)
  }
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") }
}

/** Writes what comes in one turn of the event loop at once: a write to a file or a pipe makes everyone wait. */
export const gathering = (write: (lines: string) => void): ((line: string) => void) => {
  let pending = ""
  const flush = () => {
    const lines = pending
    pending = ""
    write(lines)
  }
  return (line) => {
    if (pending === "") setImmediate(flush)
    pending += line
  }
}

/** A cause for the log. Drizzle puts the values of a failed query into its message: they are cut off here. */
export const describeCause = (cause: Cause.Cause<unknown>): string =>
  // Not `.`, which ends at U+2028 too: a label may hold one.
  Cause.pretty(cause).replaceAll(/\bparams: [^\n]*/gu, "params: …")

/** As `describeCause`, for something thrown. */
export const describeFault = (error: unknown): string => describeCause(Cause.die(error))
