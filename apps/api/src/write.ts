import { createHash } from "node:crypto"
import {
  type ClientId,
  type IdempotencyKeyReused,
  idempotent,
  type Repositories,
  type Unavailable,
  UnitOfWork,
} from "@phonebook/domain"
import { Effect } from "effect"
import type { Context } from "hono"
import type { Answer, Env } from "./answer.ts"
import { BadRequest } from "./failures.ts"
import { targetOf } from "./target.ts"

/** The answer to a write, and the clients whose data it shows. */
export interface Written {
  readonly answer: Answer
  readonly clientIds: ReadonlyArray<ClientId>
}

/** 1 to 255 printable characters. */
const KEY = /^[ -~]{1,255}$/u

/** The caller's key: `"abc"` and bare `abc` are the same; null where there is none. */
export const idempotencyKeyOf = (c: Context<Env>): Effect.Effect<string | null, BadRequest> => {
  const header = c.req.header("idempotency-key")
  if (header === undefined) return Effect.succeed(null)
  const key = /^"(.*)"$/u.exec(header)?.[1] ?? header
  return KEY.test(key)
    ? Effect.succeed(key)
    : Effect.fail(new BadRequest({ reason: "Idempotency-Key must be 1 to 255 printable characters" }))
}

/** Equal for a repetition of the same request alone. */
const fingerprintOf = (c: Context<Env>): string =>
  createHash("sha256")
    .update(`${c.req.method} ${targetOf(c).split("?")[0]}\n`)
    .update(c.get("body"))
    .digest("base64")

/** Carries out a write in one unit of work; under an Idempotency-Key once, however often it is sent. */
export const write = Effect.fnUntraced(function* <E>(
  c: Context<Env>,
  key: string | null,
  program: Effect.Effect<Written, E, Repositories>,
): Effect.fn.Return<Answer, E | IdempotencyKeyReused | Unavailable, UnitOfWork> {
  const unitOfWork = yield* UnitOfWork
  if (key === null) return (yield* unitOfWork.run(program)).answer

  const request = { credentialId: c.get("credentialId"), key, fingerprint: fingerprintOf(c) }
  const kept = Effect.map(program, ({ answer, clientIds }) => ({ answer: JSON.stringify(answer), clientIds }))
  const { answer, replayed } = yield* unitOfWork.run(idempotent(request, kept))
  const first = JSON.parse(answer) as Answer
  return replayed ? { ...first, headers: { ...first.headers, "idempotency-replayed": "true" } } : first
})
