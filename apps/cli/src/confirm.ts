import { createInterface } from "node:readline"
import { Effect } from "effect"

/**
 * Asks a question on the terminal; only y or yes is yes. Where there is no terminal, no. It is asked on stderr, so that
 * stdout holds nothing but the answer of the command.
 */
export const confirm = (
  question: string,
  { input, output }: { input: NodeJS.ReadStream; output: NodeJS.WriteStream } = {
    input: process.stdin,
    output: process.stderr,
  },
): Effect.Effect<boolean> =>
  input.isTTY
    ? Effect.callback((resume) => {
        const terminal = createInterface({ input, output })
        // The end of the input, and Ctrl-C, are a no.
        terminal.once("close", () => resume(Effect.succeed(false)))
        terminal.question(`${question} [y/N] `, (answer) => {
          resume(Effect.succeed(/^y(es)?$/iu.test(answer.trim())))
          terminal.close()
        })
      })
    : Effect.succeed(false)
