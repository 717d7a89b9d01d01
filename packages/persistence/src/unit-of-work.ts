import type { Repositories, Unavailable, UnitOfWork } from "@phonebook/domain"
import { type Context, Effect, Exit, type Scope } from "effect"
import type { DatabaseUnusable } from "./database-unusable.ts"
import type { Database } from "./database.ts"
import { failure, withExpectedErrors } from "./driver-error.ts"
import { sql } from "./drizzle.ts"
import { groupCommit } from "./group-commit.ts"
import type { Pace } from "./pace.ts"
import { broken, closing } from "./unavailable.ts"
import { runProgram, withServices } from "./run-program.ts"
import type { StoreObserver } from "./store-observer.ts"
import { settings } from "./tables.ts"
import { openWriteAheadLog } from "./write-ahead-log.ts"

/** The setting that `ready` writes; nobody reads it. */
const PROBE = "readiness_probes"

const notRun = Exit.die(new Error("A program was answered before it ran"))

/** Units of work on SQLite: programs that write share durable commits, programs that read have a connection of their own. */
export const unitOfWork = Effect.fnUntraced(function* (
  database: Database["Service"],
  repositories: { readonly writing: Context.Context<Repositories>; readonly reading: Context.Context<Repositories> },
  pace: Pace,
  observer?: StoreObserver,
): Effect.fn.Return<UnitOfWork["Service"], DatabaseUnusable, Scope.Scope> {
  const { writer, reader } = database
  const log = yield* openWriteAheadLog(database)
  const commits = yield* groupCommit(writer, log, pace, observer)

  const writing = withServices(repositories.writing)
  const run = <A, E>(program: Effect.Effect<A, E, Repositories>) =>
    Effect.withFiber<A, E | Unavailable>((caller) =>
      Effect.callback((resume) => {
        const context = writing(caller.context)
        let exit: Exit.Exit<A, E> = notRun
        return commits.add({
          run: () => (exit = runProgram(program, context)),
          answer: (failed) => resume(failed ?? withExpectedErrors(exit)),
        })
      }),
    )

  // Another value each time: SQLite does not write what is there already.
  const probe = writer.orm
    .insert(settings)
    .values({ name: PROBE, value: "1" })
    .onConflictDoUpdate({ target: settings.name, set: { value: sql`${settings.value} + 1` } })
    .prepare()
  // Whoever asks while one is under way shares it, since nobody needs a credential to ask; afterwards it is forgotten.
  const [shared, forget] = yield* Effect.cachedInvalidateWithTTL(run(Effect.sync(() => void probe.run())), Infinity)

  const reading = withServices(repositories.reading)
  return {
    run,
    healthy: Effect.suspend(() => (commits.refusal() === broken ? broken : Effect.void)),
    ready: Effect.ensuring(shared, forget),
    read: (program) =>
      Effect.withFiber((caller) => {
        if (commits.refusal() === closing) return closing
        const context = reading(caller.context)
        try {
          return withExpectedErrors(reader.transaction(() => runProgram(program, context)))
        } catch (error) {
          return failure(error)
        }
      }),
  }
})
