import { Clock, Effect } from "effect"

/** The time now in Unix seconds. */
export const currentUnixTime = Effect.map(Clock.currentTimeMillis, (milliseconds) => Math.floor(milliseconds / 1000))
