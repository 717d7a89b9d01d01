import { Data, Effect } from "effect"
import { isOutside } from "./driver-error.ts"

/** A maintenance of the database that was refused or could not be done; its message tells the operator why. */
export class Refused extends Data.TaggedError("Refused")<{ readonly message: string }> {}

/** @throws Refused */
export const refuse = (message: string): never => {
  throw new Refused({ message })
}

/** Does what an operator asked for. Trouble of the world outside (disk, permissions, locks) is Refused: `<doing>: <why>`. */
export const attempt = <A>(doing: string, work: () => A): Effect.Effect<A, Refused> =>
  Effect.try({ try: work, catch: (error) => error }).pipe(
    Effect.catch((error) => {
      if (error instanceof Refused) return Effect.fail(error)
      return isOutside(error) ? Effect.fail(new Refused({ message: `${doing}: ${error.message}` })) : Effect.die(error)
    }),
  )
