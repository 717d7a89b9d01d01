import { assert, describe, it } from "@effect/vitest"
import { ClientId, ClientRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer } from "effect"
import {
  givenClient,
  insertAccount,
  insertClient,
  insertPhoneNumber,
  insertPrimary,
  phoneNumbersOf,
} from "../fixtures.ts"

export const clientRepositoryContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`ClientRepository: ${name}`, () => {
    it.effect("stores a client, version 1", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount())
        const inserted = yield* run(insertClient(accountId))
        assert.deepStrictEqual(inserted, { id: inserted.id, name: "Ada Lovelace", updatedAt: 1000, version: 1 })
        assert.deepStrictEqual(
          yield* read(ClientRepository.use((clients) => clients.find(accountId, inserted.id))),
          inserted,
        )
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("gives ascending ids", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount())
        const first = yield* run(insertClient(accountId))
        const second = yield* run(insertClient(accountId))
        assert.isAbove(second.id, first.id)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("does not find a client that is not there, or is another account's", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        const other = yield* run(insertAccount("b"))
        for (const [account, client] of [
          [accountId, ClientId.make(Number.MAX_SAFE_INTEGER)],
          [other, id],
        ] as const) {
          const found = yield* read(Effect.flip(ClientRepository.use((clients) => clients.find(account, client))))
          const summed = yield* read(Effect.flip(ClientRepository.use((clients) => clients.summary(account, client))))
          assert.strictEqual(found.clientId, String(client))
          assert.strictEqual(summed.clientId, String(client))
        }
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("sums a client up: how many numbers, which is the primary", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        const summary = read(ClientRepository.use((clients) => clients.summary(accountId, id)))
        assert.deepStrictEqual(yield* summary, { id, phoneNumberCount: 0, primaryPhoneNumberId: null })
        yield* run(insertPhoneNumber(id))
        assert.deepStrictEqual(yield* summary, { id, phoneNumberCount: 1, primaryPhoneNumberId: null })
        const [primary] = yield* run(insertPrimary(accountId, id))
        assert.deepStrictEqual(yield* summary, { id, phoneNumberCount: 2, primaryPhoneNumberId: primary?.id ?? null })
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("counts a change of the numbers in the client's version, but leaves its time alone", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        yield* run(insertPhoneNumber(id))
        const client = yield* run(ClientRepository.use((clients) => clients.find(accountId, id)))
        assert.strictEqual(client.version, 2)
        assert.strictEqual(client.updatedAt, 1000)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("counts and pages an account's clients by id, and no other account's", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const one = yield* run(insertAccount("a"))
        const other = yield* run(insertAccount("b"))
        const mine = yield* run(
          Effect.forEach([one, other, one, other, one], (account) => insertClient(account)).pipe(
            Effect.map((all) => all.filter((_, index) => index % 2 === 0)),
          ),
        )
        const page = (number: number) =>
          read(ClientRepository.use((clients) => clients.page(one, { page: number, perPage: 2 })))
        assert.deepEqual(yield* page(1), mine.slice(0, 2))
        assert.deepEqual(yield* page(2), mine.slice(2))
        assert.deepEqual(yield* page(Number.MAX_SAFE_INTEGER), [])
        const counts = read(ClientRepository.use(({ count }) => Effect.forEach([one, other, 999 as never], count)))
        assert.deepEqual(yield* counts, [3, 2, 0])
        // Taken back with the client.
        yield* Effect.exit(run(Effect.andThen(insertClient(one), Effect.fail("refused"))))
        assert.deepEqual(yield* counts, [3, 2, 0])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("renames a client, which is a change of it", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        const change = { name: "Ada King 📞", updatedAt: 5000 }
        const renamed = yield* run(ClientRepository.use(({ rename }) => rename(id, change)))
        assert.deepStrictEqual(renamed, { id, ...change, version: 2 })
        assert.deepStrictEqual(yield* read(ClientRepository.use(({ find }) => find(accountId, id))), renamed)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("erases a client with its numbers and counts it off; an unknown one is not found", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        const other = yield* run(insertClient(accountId))
        yield* run(insertPrimary(accountId, id))
        yield* run(insertPhoneNumber(other.id))
        const erase = run(ClientRepository.use((clients) => clients.erase(id)))
        yield* erase
        assert.strictEqual((yield* Effect.flip(erase))._tag, "ClientNotFound")
        assert.strictEqual(yield* read(ClientRepository.use(({ count }) => count(accountId))), 1)
        yield* read(Effect.flip(ClientRepository.use(({ find }) => find(accountId, id))))
        assert.deepEqual(yield* read(phoneNumbersOf(id)), [])
        assert.lengthOf(yield* read(phoneNumbersOf(other.id)), 1)
        assert.isAbove((yield* run(insertClient(accountId))).id, other.id)
      }).pipe(Effect.provide(makeLayer())),
    )
  })
