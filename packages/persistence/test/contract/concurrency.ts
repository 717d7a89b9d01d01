import { assert, describe, it } from "@effect/vitest"
import {
  type ClientId,
  type AccountId,
  ClientRepository,
  createPhoneNumbers,
  deletePhoneNumber,
  type PhoneNumberId,
  type Repositories,
  type Unavailable,
  UnitOfWork,
  updatePhoneNumber,
} from "@phonebook/domain"
import { Effect, Exit, type Layer } from "effect"
import { givenClient, insertPhoneNumber, phoneNumbersOf } from "../fixtures.ts"

interface Key {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly phoneNumberId: PhoneNumberId
}

const makePrimary = (key: Key, expected: ReadonlyArray<number> | null = null) =>
  updatePhoneNumber({ ...key, draft: { isPrimary: true }, expected })

/** What became of programs that were started together, in their order: "done", or what they failed with. */
const outcomes = Effect.fnUntraced(function* <E extends { readonly _tag: string }>(
  programs: ReadonlyArray<Effect.Effect<void, E, Repositories>>,
) {
  const { run } = yield* UnitOfWork
  return yield* Effect.forEach(
    programs,
    (program) =>
      Effect.match(run(program), { onSuccess: () => "done", onFailure: (error: E | Unavailable) => error._tag }),
    atOnce,
  )
})

const atOnce = { concurrency: "unbounded" } as const

/** A client with some numbers, all of them ordinary. */
const givenNumbers = Effect.fnUntraced(function* (count: number) {
  const { accountId, id: clientId } = yield* givenClient
  const inserted = yield* Effect.replicateEffect(insertPhoneNumber(clientId), count)
  return inserted.flat().map(({ id }): Key => ({ accountId, clientId, phoneNumberId: id }))
})

const stateOf = Effect.fnUntraced(function* ({ accountId, clientId }: Key) {
  const clients = yield* ClientRepository
  const summary = yield* clients.summary(accountId, clientId)
  const { version } = yield* clients.find(accountId, clientId)
  return { ...summary, version, numbers: yield* phoneNumbersOf(clientId) }
})

export const concurrencyContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`use cases at once: ${name}`, () => {
    it.effect("of 200 updates that move the primary, the last one's is left, and each was counted", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const keys = yield* run(givenNumbers(10))
        const moves = Array.from({ length: 200 }, (_, index) => keys[index % 10]!)
        yield* Effect.forEach(moves, (key) => run(makePrimary(key)), atOnce)
        const { numbers, primaryPhoneNumberId, version } = yield* read(stateOf(keys[0]!))
        assert.deepEqual(
          numbers.filter(({ isPrimary }) => isPrimary).map(({ id }) => id),
          [primaryPhoneNumberId!],
        )
        assert.strictEqual(version, 1 + 10 + 200)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("of 20 updates under the same version, one changes the number and the others are told", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const [key] = yield* run(givenNumbers(1))
        const labels = Array.from({ length: 20 }, (_, index) => `label ${index}`)
        const exits = yield* Effect.forEach(
          labels,
          (label) => Effect.exit(run(updatePhoneNumber({ ...key!, draft: { label }, expected: [1] }))),
          atOnce,
        )
        assert.lengthOf(exits.filter(Exit.isSuccess), 1)
        const { numbers } = yield* read(stateOf(key!))
        assert.strictEqual(numbers[0]!.version, 2)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("of an update and deletions of one number, one deletion is done and what comes after finds nothing", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const [key] = yield* run(givenNumbers(1))
        const update = Effect.asVoid(makePrimary(key!))
        const remove = Effect.asVoid(deletePhoneNumber({ ...key!, expected: null }))
        assert.deepEqual(yield* outcomes([update, remove, remove, update]), [
          "done",
          "done",
          "PhoneNumberNotFound",
          "PhoneNumberNotFound",
        ])
        const { numbers, phoneNumberCount, primaryPhoneNumberId } = yield* read(stateOf(key!))
        assert.deepEqual([numbers.length, phoneNumberCount, primaryPhoneNumberId], [0, 0, null])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("creates, updates, deletions and an erasure leave either a whole client or none", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const [key] = yield* run(givenNumbers(1))
        const create = createPhoneNumbers({ ...key!, drafts: [{ number: "541-555-0987" }], defaultCountryCode: "1" })
        const erase = ClientRepository.use((clients) => clients.erase(key!.clientId))
        const update = makePrimary(key!)
        const remove = deletePhoneNumber({ ...key!, expected: null })
        const programs = [create, update, erase, create, remove].map((program) =>
          Effect.asVoid(program as Effect.Effect<unknown, { readonly _tag: string }, Repositories>),
        )
        assert.deepEqual(yield* outcomes(programs), ["done", "done", "done", "ClientNotFound", "ClientNotFound"])
        assert.deepEqual(yield* read(phoneNumbersOf(key!.clientId)), [])
        assert.strictEqual(yield* read(ClientRepository.use(({ count }) => count(key!.accountId))), 0)
      }).pipe(Effect.provide(makeLayer())),
    )
  })
