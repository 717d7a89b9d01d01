import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit } from "effect"
import { TestClock } from "effect/testing"
import { type ClientId, ClientNotFound, type CredentialId, IDEMPOTENCY_SECONDS, idempotent } from "../src/index.ts"
import { inMemoryRepositories } from "./in-memory-repositories.ts"

const request = { credentialId: 1 as CredentialId, key: "abc", fingerprint: "POST /a" }
const work = (answer: string) => Effect.succeed({ answer, clientIds: [1 as ClientId] })

describe("idempotent", () => {
  it.effect("answers a repetition as the first time, without doing it again", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* idempotent(request, work("first")), { answer: "first", replayed: false })
      assert.deepEqual(yield* idempotent(request, Effect.die("done twice")), { answer: "first", replayed: true })
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("refuses the key of another request, and leaves other keys and credentials alone", () =>
    Effect.gen(function* () {
      yield* idempotent(request, work("first"))
      const another = { ...request, fingerprint: "POST /b" }
      const missing = new ClientNotFound({ clientId: "9" })
      for (const [program, expected] of [
        [work("second"), "IdempotencyKeyReused"],
        [Effect.fail({ _tag: "InvalidPhoneNumbers" }), "IdempotencyKeyReused"],
        [Effect.fail(missing), "ClientNotFound"],
      ] as const) {
        const refusal = yield* Effect.flip(idempotent<{ readonly _tag: string }, never>(another, program))
        assert.strictEqual(refusal._tag, expected)
      }
      const others = [
        { ...request, key: "abd" },
        { ...request, credentialId: 2 as CredentialId },
      ]
      for (const other of others) assert.isFalse((yield* idempotent(other, work("other"))).replayed)
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("keeps no failure", () =>
    Effect.gen(function* () {
      assert.isTrue(Exit.isFailure(yield* Effect.exit(idempotent(request, Effect.fail("refused")))))
      assert.isFalse((yield* idempotent(request, work("second"))).replayed)
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("forgets after 24 hours, and clears away a little at a time", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      for (const key of ["a", "b", "c", "d"]) yield* idempotent({ ...request, key }, work(key))
      yield* TestClock.setTime((IDEMPOTENCY_SECONDS + 1) * 1000)
      assert.isFalse((yield* idempotent({ ...request, key: "d" }, work("again"))).replayed)
      assert.deepEqual(
        state.results.map(({ key }) => key),
        ["c", "d"],
      )
    }).pipe(Effect.provide(layer))
  })
})
