import { Effect } from "effect"
import type { Guard } from "../run.ts"

const LOOPBACK = /^(?:localhost|(?:::ffff:)?127(?:\.\d{1,3}){3}|\[?::1\]?)$/u

/** Whether a host or address is this machine's own: nobody else reaches it, or comes from there. */
export const isLoopback = (host: string): boolean => LOOPBACK.test(host)

/** Lets this machine through, and whoever passes the other guard. */
export const loopbackOr =
  (guard: Guard): Guard =>
  (c) =>
    isLoopback(c.env?.incoming?.socket.remoteAddress ?? "") ? Effect.void : guard(c)
