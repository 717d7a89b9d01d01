import { describeFault } from "@phonebook/api"
import { Cause, Effect } from "effect"
import { CliError, CliOutput } from "effect/cli"

const USAGE = 2
const FAILED = 1

const print = (json: boolean, error: string, message: string): void => {
  if (json) process.stdout.write(`${JSON.stringify({ error, message })}\n`)
  else process.stderr.write(`${message}\n`)
}

/** How a command line that was not understood is answered: what is wrong with it, and where to read on. */
export const presenter = (json: boolean) =>
  CliOutput.layerPresenter({
    present: (event) => {
      if (event._tag === "Version" || (event._tag === "Help" && event.reason === "Requested"))
        return CliOutput.defaultPresenter.present(event)
      const errors =
        event._tag === "InvalidInvocation" ? event.errors.map(({ message }) => message) : ["Which command?"]
      const hint = `Try: ${event.commandPath.join(" ")} --help`
      return Effect.sync(() => print(json, "Usage", [...errors, hint].join("\n")))
    },
  })

/**
 * Says why a command failed, and answers the exit code. What an operator can mend is a sentence, never a stack trace.
 *
 * @param databaseTrouble what is wrong with the disk or the database, where that is what something died of.
 */
export const explain = (
  cause: Cause.Cause<unknown>,
  json: boolean,
  databaseTrouble: (error: unknown) => string | undefined,
): number => {
  const error = Cause.squash(cause)
  // The presenter has said it.
  if (CliError.isCliError(error)) return USAGE
  const trouble = databaseTrouble(error)
  if (error instanceof Error && "_tag" in error) print(json, String(error._tag), error.message)
  else if (trouble !== undefined)
    print(
      json,
      "DatabaseUnusable",
      `The database cannot be used: ${trouble}. phonebook doctor says what is wrong with it`,
    )
  else print(json, "Fault", `This is a fault of Phonebook, not yours: ${describeFault(error)}`)
  return FAILED
}
