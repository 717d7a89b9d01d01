import { assert, describe, it } from "@effect/vitest"
import { type ClientId, ClientRepository, PhoneNumberId, PhoneNumberRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, type Layer } from "effect"
import {
  givenClient,
  insertClient,
  insertPhoneNumber,
  insertPrimary,
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

    it.effect("finds a number of its client alone", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id: clientId } = yield* run(givenClient)
        const other = yield* run(insertClient(accountId))
        const [inserted] = yield* run(insertPhoneNumber(clientId))
        const find = (client: ClientId, id: PhoneNumberId) =>
          read(PhoneNumberRepository.use((repository) => repository.find(client, id)))
        assert.deepEqual(yield* find(clientId, inserted!.id), inserted)
        const error = yield* Effect.flip(find(other.id, inserted!.id))
        assert.deepInclude(error, { _tag: "PhoneNumberNotFound", phoneNumberId: String(inserted!.id) })
        yield* Effect.flip(find(clientId, PhoneNumberId.make(Number.MAX_SAFE_INTEGER)))
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("updates a number, which is a change of it and of its client", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id: clientId } = yield* run(givenClient)
        const [other, inserted] = yield* run(
          Effect.all([insertPhoneNumber(clientId), insertPhoneNumber(clientId)]).pipe(Effect.map((all) => all.flat())),
        )
        const fields = newPhoneNumber({ label: null, extension: "007", e164: "+442079460958", isPrimary: true })
        const change = { ...fields, updatedAt: 9000 }
        const updated = yield* run(PhoneNumberRepository.use((repository) => repository.update(inserted!, change)))
        assert.deepEqual(updated, { ...change, id: inserted!.id, clientId, version: 2 })
        assert.deepEqual(yield* read(phoneNumbersOf(clientId)), [other!, updated])
        const client = yield* read(ClientRepository.use(({ find }) => find(accountId, clientId)))
        assert.deepInclude(client, { updatedAt: 1000, version: 4 })
        const summary = yield* read(ClientRepository.use((clients) => clients.summary(accountId, clientId)))
        assert.deepInclude(summary, { phoneNumberCount: 2, primaryPhoneNumberId: updated.id })
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("deletes a number and counts it off, which is a change of its client; its id is not used again", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id: clientId } = yield* run(givenClient)
        const [stays] = yield* run(insertPhoneNumber(clientId))
        const [goes] = yield* run(insertPrimary(accountId, clientId))
        yield* run(PhoneNumberRepository.use((repository) => repository.delete(goes!)))
        assert.deepEqual(yield* read(phoneNumbersOf(clientId)), [stays!])
        const summary = yield* read(ClientRepository.use((clients) => clients.summary(accountId, clientId)))
        assert.deepEqual(summary, { id: clientId, phoneNumberCount: 1, primaryPhoneNumberId: null })
        const client = yield* read(ClientRepository.use(({ find }) => find(accountId, clientId)))
        assert.deepInclude(client, { updatedAt: 1000, version: 4 })
        const [next] = yield* run(insertPhoneNumber(clientId))
        assert.isAbove(next!.id, goes!.id)
      }).pipe(Effect.provide(makeLayer())),
    )
  })
