import type { UnitOfWork } from "@phonebook/domain"
import { Cause, type Context, Effect, Exit } from "effect"
import type { Context as Request } from "hono"
import { type Answer, type Env, respond } from "./answer.ts"
import { describeCause, type Log } from "./log.ts"
import { answerTo, type Failure, fault } from "./problems.ts"

/** What a route does, as a program: it ends in an answer, or in a failure that has its answer in `problems.ts`. */
export type Step = (c: Request<Env>) => Effect.Effect<Answer, Failure, UnitOfWork>

/** What comes before a step, and lets the request through or fails. */
export type Guard = (c: Request<Env>) => Effect.Effect<void, Failure, UnitOfWork>

/** Nobody is there to read it; the log says so. */
const CLIENT_CLOSED_REQUEST = 499

/** The bridge from a step to Hono: an answer, an expected failure, a caller who left, or a fault of ours. */
export const makeRun = (context: Context.Context<UnitOfWork>, log: Log) => {
  const runPromiseExit = Effect.runPromiseExitWith(context)
  return (step: Step) =>
    async (c: Request<Env>): Promise<Response> => {
      const exit = await runPromiseExit(step(c), { signal: c.req.raw.signal })
      if (Exit.isSuccess(exit)) return respond(c, exit.value)
      const failure = exit.cause.reasons.find(Cause.isFailReason)
      if (failure !== undefined) {
        const { error } = failure
        if (error._tag === "Unavailable")
          log.warn("unavailable", { request_id: c.get("requestId"), reason: error.reason })
        return respond(c, answerTo(error))
      }
      if (Cause.hasInterruptsOnly(exit.cause)) return new Response(null, { status: CLIENT_CLOSED_REQUEST })
      log.error("fault", { request_id: c.get("requestId"), cause: describeCause(exit.cause) })
      return respond(c, fault)
    }
}
