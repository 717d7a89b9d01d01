import { assert, describe, it } from "@effect/vitest"
import { CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer, Redacted } from "effect"
import { insertAccount, SECRET, token } from "../fixtures.ts"

export const credentialRepositoryContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`CredentialRepository: ${name}`, () => {
    it.effect("finds a credential by its token, with the secret it was made with", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount())
        const credential = yield* read(CredentialRepository.use((credentials) => credentials.find(token("a"))))
        assert.strictEqual(credential?.accountId, accountId)
        assert.strictEqual(credential?.token, token("a"))
        assert.strictEqual(credential && Redacted.value(credential.secret), Redacted.value(SECRET))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("finds nothing under an unknown token", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        yield* run(insertAccount())
        assert.isNull(yield* read(CredentialRepository.use((credentials) => credentials.find(token("b")))))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("knows whether there is any", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const any = read(CredentialRepository.use((credentials) => credentials.any))
        assert.isFalse(yield* any)
        yield* run(insertAccount())
        assert.isTrue(yield* any)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("makes an account for each", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        assert.notStrictEqual(yield* run(insertAccount("a")), yield* run(insertAccount("b")))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("dies of a token that is there already, and makes no account", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const first = yield* run(insertAccount("a"))
        const exit = yield* Effect.exit(run(insertAccount("a")))
        assert.strictEqual(exit._tag, "Failure")
        assert.strictEqual(yield* run(insertAccount("b")), first + 1)
      }).pipe(Effect.provide(makeLayer())),
    )
  })
