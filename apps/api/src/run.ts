import type { UnitOfWork } from "@phonebook/domain"
import { Cause, type Context, Effect, Exit } from "effect"
import type { Context as Request } from "hono"
import { makeAccessLog } from "./access-log.ts"
import { type Answer, type Env, respond } from "./answer.ts"
import { linger } from "./linger.ts"
import { describeCause, type Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import { answerTo, type Failure, fault } from "./problems.ts"
import { requestIdOf } from "./request-id.ts"

/** What a route does, as a program: it ends in an answer, or in a failure that has its answer in `problems.ts`. */
export type Step = (c: Request<Env>) => Effect.Effect<Answer, Failure, UnitOfWork>

/** What comes before a step, and lets the request through or fails. */
export type Guard = (c: Request<Env>) => Effect.Effect<void, Failure, UnitOfWork>

/** Nobody is there to read it; the log says so. */
const CLIENT_CLOSED_REQUEST = 499

export interface RunOptions {
  /** What the use cases need. */
  readonly context: Context.Context<UnitOfWork>
  readonly log: Log
  readonly metrics: Metrics
}

/** The bridge from a step to Hono: names the request, runs the step, answers and logs what it ended in. */
export const makeRun = ({ context, log, metrics }: RunOptions) => {
  const runCallback = Effect.runCallbackWith(context)
  const logAccess = makeAccessLog(log, metrics)

  const exitOf = (c: Request<Env>, step: Step) =>
    new Promise<Exit.Exit<Answer, Failure>>((onExit) => {
      const outgoing = c.env?.outgoing
      // Who left while the request waited for its turn.
      if (outgoing?.destroyed) return onExit(Exit.interrupt())
      const interrupt = runCallback(
        Effect.suspend(() => step(c)),
        { onExit },
      )
      // Measured: the AbortSignal of `c.req.raw` does the same for 5 µs a request more.
      outgoing?.once("close", () => interrupt())
    })

  /** An answer, an expected failure, a caller who left, or a fault of ours. */
  const responseTo = (c: Request<Env>, exit: Exit.Exit<Answer, Failure>): Response => {
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

  /** @param route the pattern of the route, for the log. */
  return (route: string, step: Step) =>
    async (c: Request<Env>): Promise<Response> => {
      const start = c.env?.arrivedAt ?? performance.now()
      const requestId = requestIdOf(c.req.header("x-request-id"))
      c.set("requestId", requestId)
      const response = responseTo(c, await exitOf(c, step))
      logAccess({
        requestId,
        method: c.req.method,
        route,
        status: response.status,
        milliseconds: performance.now() - start,
        accountId: c.get("accountId"),
      })
      return linger(response, c.env ?? {})
    }
}
