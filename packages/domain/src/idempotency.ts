import { Context, Data, Effect, Predicate } from "effect"
import type { ClientId, CredentialId } from "./id.ts"
import type { ClientNotFound } from "./client.ts"
import type { PhoneNumberNotFound } from "./phone-number.ts"
import { currentUnixTime } from "./time.ts"
import type { VersionConflict } from "./version.ts"

/** How long the answer to a request with a key is kept, in seconds. */
export const IDEMPOTENCY_SECONDS = 24 * 60 * 60

/** How many expired answers a request with a key removes at most: a small step each, so that none is slow. */
const EXPIRED_AT_ONCE = 2

/** A request that may be sent again under its key. */
export interface IdempotentRequest {
  readonly credentialId: CredentialId
  /** The caller's word for the request, 1 to 255 printable characters. */
  readonly key: string
  /** Stands for all that the request says: equal for its repetition alone. */
  readonly fingerprint: string
}

/** What is kept of a request that was carried out. */
export interface IdempotentResult extends IdempotentRequest {
  /** The answer, as the caller of `idempotent` wrote it. */
  readonly answer: string
  /** The clients whose data the answer shows: it goes when one of them is erased. */
  readonly clientIds: ReadonlyArray<ClientId>
  /** Unix seconds. */
  readonly createdAt: number
}

/** The key was used for another request. */
export class IdempotencyKeyReused extends Data.TaggedError("IdempotencyKeyReused") {
  override get message() {
    return "The Idempotency-Key was used for another request; nothing was saved."
  }
}

export class IdempotencyRepository extends Context.Service<
  IdempotencyRepository,
  {
    /** What was kept under a key since `from` (Unix seconds), or null. */
    readonly find: (credentialId: CredentialId, key: string, from: number) => Effect.Effect<IdempotentResult | null>
    /** Keeps a result, in the place of an expired one under the same key. */
    readonly insert: (result: IdempotentResult) => Effect.Effect<void>
    /** Removes results from before `before` (Unix seconds), the oldest first, `limit` at most. */
    readonly removeExpired: (before: number, limit: number) => Effect.Effect<void>
  }
>()("@phonebook/domain/IdempotencyRepository") {}

/** What a program that may be repeated answers. */
export interface Answered {
  readonly answer: string
  readonly clientIds: ReadonlyArray<ClientId>
}

/** What is told first of any request: what it is about is not there, or not as the caller thinks. */
const TOLD_FIRST = ["ClientNotFound", "PhoneNumberNotFound", "VersionConflict"] satisfies ReadonlyArray<
  (ClientNotFound | PhoneNumberNotFound | VersionConflict)["_tag"]
>

/** Fails, which takes back what the program did. */
const reused = <E, R>(program: Effect.Effect<Answered, E, R>): Effect.Effect<never, E | IdempotencyKeyReused, R> =>
  Effect.andThen(program, Effect.fail(new IdempotencyKeyReused())).pipe(
    Effect.mapError((failure) =>
      TOLD_FIRST.some((tag) => Predicate.isTagged(failure, tag)) ? failure : new IdempotencyKeyReused(),
    ),
  )

/**
 * Runs a program once per key: a repetition within 24 hours is answered as the first was, and changes nothing. Key and
 * data are of one unit of work. A failure is not kept. The answer to what changed nothing is: sent again, it might undo what
 * somebody else has changed since. Another request under the key fails with IdempotencyKeyReused, unless what it is about is
 * not there or has changed.
 *
 * @returns the answer, and whether it is a repetition's.
 */
export const idempotent = Effect.fnUntraced(function* <E, R>(
  request: IdempotentRequest,
  program: Effect.Effect<Answered, E, R>,
) {
  const results = yield* IdempotencyRepository
  const now = yield* currentUnixTime
  const expiry = now - IDEMPOTENCY_SECONDS
  const kept = yield* results.find(request.credentialId, request.key, expiry)
  if (kept?.fingerprint === request.fingerprint) return { answer: kept.answer, replayed: true }
  if (kept !== null) return yield* reused(program)
  const { answer, clientIds } = yield* program
  yield* results.removeExpired(expiry, EXPIRED_AT_ONCE)
  yield* results.insert({ ...request, answer, clientIds, createdAt: now })
  return { answer, replayed: false }
})
