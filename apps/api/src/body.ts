import type { IncomingMessage } from "node:http"
import { Effect } from "effect"
import type { Context } from "hono"
import type { Env } from "./answer.ts"
import { BadRequest, Overloaded, PayloadTooLarge, type Unreadable } from "./failures.ts"

/** Most bytes in a request's body. */
export const MAX_BODY_BYTES = 1024 * 1024
/**
 * Most bytes of bodies that were read and whose requests are not answered yet, over all connections: of short ones, and as
 * many of others, so that a few large ones that never end keep nobody from what is usual.
 */
const MAX_BODY_BYTES_IN_FLIGHT = 16 * 1024 * 1024
/** Most bytes of a body that may lie unread while its request waits for its turn: some hundred phone numbers. */
const MAX_SHORT_BODY_BYTES = 16 * 1024

/** How long whoever is over that budget is kept, in milliseconds: who is told at once sends it all again at once. */
const REFUSAL_MILLIS = 1000

const NONE = new Uint8Array(0)
const overloaded = Effect.andThen(Effect.sleep(REFUSAL_MILLIS), Effect.fail(new Overloaded()))
const tooLarge = new PayloadTooLarge({ maximum: MAX_BODY_BYTES })

export type BodyFailure = PayloadTooLarge | Overloaded | BadRequest | Unreadable
export type ReadBody = (c: Context<Env>) => Effect.Effect<Uint8Array, BodyFailure>

/** Fails for a request that announces a body over the limit: known before a byte of it is read. */
export const refuseTooLarge = (c: Context<Env>): Effect.Effect<void, PayloadTooLarge> =>
  Number(c.req.header("content-length") ?? 0) > MAX_BODY_BYTES ? Effect.fail(tooLarge) : Effect.void

/** How long a body is said to be; none for one that comes in chunks, the end of which is not known before. */
export const announcedLength = ({ headers }: IncomingMessage): number | undefined =>
  headers["transfer-encoding"] === undefined ? Number(headers["content-length"] ?? 0) : undefined

/** Whether a request whose body is announced so can wait before it is read. */
export const isShort = (announced: number | undefined): boolean =>
  announced !== undefined && announced <= MAX_SHORT_BODY_BYTES

const UNREADABLE = "unreadable"
const unreadable = new WeakMap<IncomingMessage, Unreadable>()

/** Tells whoever waits for the body of a request, now or later, why the rest of it does not come. */
export const giveUp = (incoming: IncomingMessage, failure: Unreadable): void => {
  unreadable.set(incoming, failure)
  incoming.emit(UNREADABLE, failure)
}

/** Whether the rest of a body does not come. */
export const isGivenUp = (incoming: IncomingMessage): boolean => unreadable.has(incoming)

/** Reads bodies within the limits; the budgets are shared by all requests of one app. */
export const makeReadBody = (): ReadBody => {
  const [short, long] = [{ inFlight: 0 }, { inFlight: 0 }]

  return (c) => {
    const incoming = c.env?.incoming
    // Only `app.request` of a test has no socket behind it.
    if (incoming === undefined)
      return Effect.promise(() => c.req.arrayBuffer()).pipe(
        Effect.flatMap((bytes) =>
          bytes.byteLength > MAX_BODY_BYTES ? Effect.fail(tooLarge) : Effect.succeed(new Uint8Array(bytes)),
        ),
      )
    const announced = announcedLength(incoming)
    if (announced === 0) return Effect.succeed(NONE)
    const budget = isShort(announced) ? short : long
    const givenUp = unreadable.get(incoming)
    if (givenUp !== undefined) return Effect.fail(givenUp)

    return Effect.withFiber((request) =>
      Effect.callback<Uint8Array, BodyFailure>((resume) => {
        const chunks: Array<Buffer> = []
        let length = 0
        const finish = (result: Effect.Effect<Uint8Array, BodyFailure>) => {
          incoming
            .off("data", take)
            .off("end", end)
            .off("error", cutShort)
            .off("close", cutShort)
            .off(UNREADABLE, refuse)
          resume(result)
        }
        const giveBack = () => {
          budget.inFlight -= length
          length = 0
          chunks.length = 0
        }
        const take = (chunk: Buffer): boolean => {
          length += chunk.length
          budget.inFlight += chunk.length
          if (length > MAX_BODY_BYTES) finish(Effect.fail(tooLarge))
          else if (budget.inFlight > MAX_BODY_BYTES_IN_FLIGHT) {
            giveBack()
            finish(overloaded)
          } else return chunks.push(chunk) > 0
          return false
        }
        const end = () => finish(Effect.succeed(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length)))
        const cutShort = () => finish(Effect.fail(new BadRequest({ reason: "The request ended before its body did" })))
        const refuse = (failure: Unreadable) => finish(Effect.fail(failure))
        // The bytes are in memory until the request's fiber ends, which is when it is answered.
        request.addObserver(giveBack)
        if (incoming.destroyed) return cutShort()
        // All of it is there where the request has waited for its turn: to be told of it would cost more than to read it.
        const whole: Buffer | null = incoming.readableLength === announced ? incoming.read() : null
        if (whole === null)
          incoming.on("data", take).on("end", end).on("error", cutShort).on("close", cutShort).on(UNREADABLE, refuse)
        else if (take(whole)) end()
      }),
    )
  }
}
