import { assert, describe, it } from "@effect/vitest"
import { ClientRepository, UnitOfWork } from "@phonebook/domain"
import { Cause, Clock, Effect, Exit, type Layer } from "effect"
import { TestClock } from "effect/testing"
import { givenClient, insertPhoneNumber, insertPrimary, phoneNumbersOf } from "../fixtures.ts"

export const unitOfWorkContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`UnitOfWork: ${name}`, () => {
    it.effect("takes back what a failing program did, and answers its error", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        const error = yield* Effect.flip(run(Effect.andThen(insertPhoneNumber(id), Effect.fail("refused" as const))))
        assert.strictEqual(error, "refused")
        assert.lengthOf(yield* read(phoneNumbersOf(id)), 0)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("takes back what a dying program did, and answers its defect", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        const defect = new Error("a fault of ours")
        const exit = yield* Effect.exit(run(Effect.andThen(insertPhoneNumber(id), Effect.die(defect))))
        assert.deepStrictEqual(exit, Exit.die(defect))
        assert.lengthOf(yield* read(phoneNumbersOf(id)), 0)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("takes back one program of many that run at once, and no other", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { id } = yield* run(givenClient)
        const endings = [Effect.void, Effect.fail("refused"), Effect.die("a fault of ours"), Effect.void]
        const exits = yield* Effect.forEach(
          endings,
          (ending, index) => Effect.exit(run(Effect.andThen(insertPhoneNumber(id, { label: `${index}` }), ending))),
          { concurrency: "unbounded" },
        )
        assert.deepEqual(exits.map(Exit.isSuccess), [true, false, false, true])
        assert.isTrue(Exit.isFailure(exits[1]!) && Cause.hasFails(exits[1].cause))
        assert.isTrue(Exit.isFailure(exits[2]!) && Cause.hasDies(exits[2].cause))
        const labels = (yield* read(phoneNumbersOf(id))).map(({ label }) => label)
        assert.sameMembers(labels, ["0", "3"])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("runs the programs of a client one at a time: of 200 primaries at once, one is left", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const { accountId, id } = yield* run(givenClient)
        yield* Effect.replicateEffect(run(insertPrimary(accountId, id)), 200, { concurrency: "unbounded" })
        const phoneNumbers = yield* read(phoneNumbersOf(id))
        assert.lengthOf(phoneNumbers, 200)
        assert.lengthOf(
          phoneNumbers.filter(({ isPrimary }) => isPrimary),
          1,
        )
        const summary = yield* read(ClientRepository.use((clients) => clients.summary(accountId, id)))
        assert.strictEqual(summary.phoneNumberCount, 200)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("runs a program in the context of its caller", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        yield* TestClock.setTime(123_456)
        assert.strictEqual(yield* run(Clock.currentTimeMillis), 123_456)
        assert.strictEqual(yield* read(Clock.currentTimeMillis), 123_456)
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("answers the error of a program that reads", () =>
      Effect.gen(function* () {
        const { read } = yield* UnitOfWork
        assert.strictEqual(yield* Effect.flip(read(Effect.fail("refused" as const))), "refused")
      }).pipe(Effect.provide(makeLayer())),
    )
  })
