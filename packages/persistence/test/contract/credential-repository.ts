import { assert, describe, it } from "@effect/vitest"
import { AccountId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer, Redacted } from "effect"
import { TestClock } from "effect/testing"
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

    it.effect("refuses a token that is there already, revoked or not, and makes no account", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const first = yield* run(insertAccount("a"))
        assert.strictEqual((yield* Effect.flip(run(insertAccount("a"))))._tag, "TokenTaken")
        yield* run(CredentialRepository.use(({ revoke }) => revoke(token("a"))))
        assert.strictEqual((yield* Effect.flip(run(insertAccount("a"))))._tag, "TokenTaken")
        assert.strictEqual(yield* run(insertAccount("b")), first + 1)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("makes another credential of an account, but none of an account that is not there", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount("a"))
        const insert = (letter: string, account: AccountId) =>
          run(
            CredentialRepository.use((all) => all.insert({ token: token(letter), secret: SECRET, accountId: account })),
          )
        assert.strictEqual(yield* insert("b", accountId), accountId)
        const [a, b] = yield* Effect.forEach(["a", "b"], (letter) =>
          read(CredentialRepository.use(({ find }) => find(token(letter)))),
        )
        assert.strictEqual(b?.accountId, accountId)
        assert.notStrictEqual(b?.id, a?.id)
        const error = yield* Effect.flip(insert("c", AccountId.make(999)))
        assert.strictEqual(error._tag, "AccountNotFound")
        assert.isNull(yield* read(CredentialRepository.use(({ find }) => find(token("c")))))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("revokes at once and for good, and lists what was revoked too, never a secret", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const list = read(CredentialRepository.use((credentials) => credentials.list))
        const revoke = (letter: string) => run(CredentialRepository.use((all) => all.revoke(token(letter))))
        assert.deepEqual(yield* list, [])
        yield* TestClock.setTime(1_000_000)
        const a = yield* run(insertAccount("a"))
        const b = yield* run(insertAccount("b"))
        yield* TestClock.setTime(2_000_000)
        assert.isTrue(yield* revoke("a"))
        assert.isNull(yield* read(CredentialRepository.use(({ find }) => find(token("a")))))
        yield* TestClock.setTime(3_000_000)
        assert.isTrue(yield* revoke("a"))
        assert.isFalse(yield* revoke("c"))
        assert.deepEqual(yield* list, [
          { accountId: a, token: token("a"), createdAt: 1000, revokedAt: 2000 },
          { accountId: b, token: token("b"), createdAt: 1000, revokedAt: null },
        ])
      }).pipe(Effect.provide(makeLayer())),
    )
  })
