import { assert, describe, it } from "@effect/vitest"
import { ClientId, ClientRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer } from "effect"
import { givenClient, insertAccount, insertClient, insertPhoneNumber, insertPrimary } from "../fixtures.ts"

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
  })
