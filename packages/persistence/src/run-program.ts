import { Cause, Context, Effect, Exit } from "effect"

/** Runs a program to its end at once; one that waits for anything dies of AsyncFiberError. */
export const runProgram = <A, E, R>(program: Effect.Effect<A, E, R>, context: Context.Context<R>): Exit.Exit<A, E> => {
  const exit = Effect.runSyncExitWith(context)(program)
  if (Exit.isFailure(exit)) {
    for (const reason of exit.cause.reasons) {
      // It still waits, and would go on outside of any transaction.
      if (Cause.isDieReason(reason) && Cause.isAsyncFiberError(reason.defect)) reason.defect.fiber.interruptUnsafe()
    }
  }
  return exit
}

/** Adds services to the context of a caller. Remembered: all requests of a server have the same context. */
export const withServices = <R>(services: Context.Context<R>) => {
  const known = new WeakMap<Context.Context<never>, Context.Context<R>>()
  return (caller: Context.Context<never>): Context.Context<R> => {
    const context = known.get(caller) ?? Context.merge(caller, services)
    known.set(caller, context)
    return context
  }
}
