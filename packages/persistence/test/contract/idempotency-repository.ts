import { assert, describe, it } from "@effect/vitest"
import {
  type ClientId,
  ClientRepository,
  CredentialRepository,
  idempotent,
  IDEMPOTENCY_SECONDS,
  IdempotencyRepository,
  type IdempotentResult,
  UnitOfWork,
} from "@phonebook/domain"
import { Effect, Exit, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { givenClient, insertAccount, insertClient, insertPhoneNumber, phoneNumbersOf, token } from "../fixtures.ts"

const credentialOf = (letter: string) =>
  Effect.map(
    CredentialRepository.use(({ find }) => find(token(letter))),
    (credential) => credential!.id,
  )

/** An account with a credential and a client, and a result to keep. */
const givenResult = Effect.gen(function* () {
  const { accountId, id: clientId } = yield* givenClient
  const result: IdempotentResult = {
    credentialId: yield* credentialOf("a"),
    key: "key",
    fingerprint: "POST /v9/clients",
    answer: `{"name":"Ada 📞"}`,
    clientIds: [clientId],
    createdAt: 1000,
  }
  return { accountId, clientId, result }
})

const insert = (result: IdempotentResult) => IdempotencyRepository.use((results) => results.insert(result))
const find = ({ credentialId, key }: IdempotentResult, from = 0) =>
  IdempotencyRepository.use((results) => results.find(credentialId, key, from))

export const idempotencyRepositoryContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`IdempotencyRepository: ${name}`, () => {
    it.effect("finds a result by credential and key, since a time", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { result } = yield* run(givenResult)
        yield* run(insertAccount("b"))
        yield* run(insert(result))
        assert.deepEqual(yield* read(find(result)), result)
        assert.deepEqual(yield* read(find(result, 1000)), result)
        assert.isNull(yield* read(find(result, 1001)))
        assert.isNull(yield* read(find({ ...result, key: "Key" })))
        assert.isNull(yield* read(find({ ...result, credentialId: yield* read(credentialOf("b")) })))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("keeps a result in the place of the one under the same key", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { result } = yield* run(givenResult)
        const later = { ...result, fingerprint: "DELETE", answer: "{}", clientIds: [], createdAt: 2000 }
        yield* run(Effect.andThen(insert(result), insert(later)))
        assert.deepEqual(yield* read(find(result)), later)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("removes the oldest expired results, no more than asked", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { result } = yield* run(givenResult)
        const keptAt = (createdAt: number) => ({ ...result, key: `${createdAt}`, createdAt })
        const results = [3000, 1000, 2000, 4000].map(keptAt)
        yield* run(Effect.forEach(results, insert))
        const removeExpired = (before: number, limit: number) =>
          run(IdempotencyRepository.use((repository) => repository.removeExpired(before, limit)))
        const left = Effect.map(read(Effect.forEach(results, (one) => find(one))), (found) =>
          found.filter((one) => one !== null).map(({ key }) => key),
        )
        yield* removeExpired(4000, 2)
        assert.deepEqual(yield* left, ["3000", "4000"])
        yield* removeExpired(4000, 2)
        assert.deepEqual(yield* left, ["4000"])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("goes with each client that a result shows, and with no other", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, clientId, result } = yield* run(givenResult)
        const other = yield* run(insertClient(accountId))
        const showing = (key: string, clientIds: ReadonlyArray<ClientId>) => ({ ...result, key, clientIds })
        const results = [
          showing("its own", [clientId]),
          showing("shared", [other.id, clientId]),
          showing("another's", [other.id]),
          showing("nobody's", []),
        ]
        yield* run(Effect.forEach(results, insert))
        yield* run(ClientRepository.use(({ erase }) => erase(clientId)))
        const found = yield* read(Effect.forEach(results, (one) => find(one)))
        assert.deepEqual(
          found.map((one) => one?.key),
          [undefined, undefined, "another's", "nobody's"],
        )
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("lets one of many requests under one key do the work, the others be its replay", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { clientId, result } = yield* run(givenResult)
        const program = Effect.map(insertPhoneNumber(clientId), ([number]) => ({
          answer: `${number!.id}`,
          clientIds: [clientId],
        }))
        const request = run(idempotent(result, program))
        const answers = yield* Effect.replicateEffect(request, 20, { concurrency: "unbounded" })
        const [stored, ...more] = yield* read(phoneNumbersOf(clientId))
        assert.lengthOf(more, 0)
        assert.deepEqual([...new Set(answers.map(({ answer }) => answer))], [`${stored!.id}`])
        assert.lengthOf(
          answers.filter(({ replayed }) => !replayed),
          1,
        )
        const reused = run(idempotent({ ...result, fingerprint: "another request" }, program))
        assert.strictEqual((yield* Effect.flip(reused))._tag, "IdempotencyKeyReused")

        yield* TestClock.adjust(`${IDEMPOTENCY_SECONDS} seconds`)
        assert.isTrue((yield* request).replayed)
        yield* TestClock.adjust("1 second")
        assert.isFalse((yield* request).replayed)
        assert.lengthOf(yield* read(phoneNumbersOf(clientId)), 2)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("keeps nothing of a request that failed", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { clientId, result } = yield* run(givenResult)
        const failing = Effect.andThen(insertPhoneNumber(clientId), Effect.fail("refused"))
        assert.isTrue(Exit.isFailure(yield* Effect.exit(run(idempotent(result, failing)))))
        assert.isNull(yield* read(find(result)))
        assert.deepEqual(yield* read(phoneNumbersOf(clientId)), [])
      }).pipe(Effect.provide(makeLayer())),
    )
  })
