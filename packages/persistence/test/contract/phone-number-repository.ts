import { assert, describe, it } from "@effect/vitest"
import { PhoneNumberRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer } from "effect"
import {
  givenClient,
  insertAccount,
  insertClient,
  insertPhoneNumber,
  newPhoneNumber,
  phoneNumbersOf,
} from "../fixtures.ts"

export const phoneNumberRepositoryContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`PhoneNumberRepository: ${name}`, () => {
    // 1, less than, exactly, and more than what the SQLite adapter puts in one INSERT.
    it.effect.each([1, 2, 50, 51, 100, 101])("stores %i numbers and answers them as they are read again", (count) =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id: clientId } = yield* run(givenClient)
        const numbers = Array.from({ length: count }, (_, index) =>
          newPhoneNumber({
            label: index % 2 === 0 ? null : `label ${index}`,
            extension: index % 3 === 0 ? "007" : null,
            isPrimary: index === count - 1,
          }),
        )
        const inserted = yield* run(
          PhoneNumberRepository.use((repository) => repository.insert(clientId, numbers, 2000)),
        )
        const firstId = inserted[0]?.id ?? 0
        assert.lengthOf(inserted, count)
        inserted.forEach((phoneNumber, index) => {
          const stored = { id: firstId + index, clientId, updatedAt: 2000, version: 1 }
          assert.deepEqual<unknown>(phoneNumber, { ...numbers[index], ...stored })
        })
        assert.deepEqual(yield* read(phoneNumbersOf(clientId)), inserted)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("stores nothing for an empty list", () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        assert.deepStrictEqual(
          yield* run(PhoneNumberRepository.use((repository) => repository.insert(id, [], 2000))),
          [],
        )
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("demotes a primary number, which is a change of it", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id: clientId } = yield* run(givenClient)
        const [primary] = yield* run(insertPhoneNumber(clientId, { isPrimary: true }))
        assert.deepEqual(yield* read(PhoneNumberRepository.use((repository) => repository.primary(clientId))), primary)
        yield* run(PhoneNumberRepository.use((repository) => repository.demote(primary!.id, 3000)))
        assert.isNull(yield* read(PhoneNumberRepository.use((repository) => repository.primary(clientId))))
        assert.deepEqual(yield* read(phoneNumbersOf(clientId)), [
          { ...primary!, isPrimary: false, updatedAt: 3000, version: 2 },
        ])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("refuses a second primary number", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        yield* run(insertPhoneNumber(id, { isPrimary: true }))
        const exit = yield* Effect.exit(run(insertPhoneNumber(id, { isPrimary: true })))
        assert.strictEqual(exit._tag, "Failure")
        assert.lengthOf(yield* read(phoneNumbersOf(id)), 1)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("lists the first numbers of one client by id", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount())
        const one = yield* run(insertClient(accountId))
        const other = yield* run(insertClient(accountId))
        const ids: Array<number> = []
        for (const client of [one, other, one, other, one]) {
          const [inserted] = yield* run(insertPhoneNumber(client.id))
          if (client === one) ids.push(inserted!.id)
        }
        const first = yield* read(
          PhoneNumberRepository.use((repository) => repository.page({ clientId: one.id }, [], { page: 1, perPage: 2 })),
        )
        assert.deepEqual(
          first.map(({ id }) => id),
          ids.slice(0, 2) as never,
        )
      }).pipe(Effect.provide(makeLayer())),
    )
  })
