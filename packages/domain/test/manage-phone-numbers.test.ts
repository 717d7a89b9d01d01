import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  type AccountId,
  type Batch,
  type ClientId,
  ClientRepository,
  createPhoneNumbers,
  type ListViolation,
  type PhoneNumberDraft,
} from "../src/index.ts"
import { inMemoryRepositories } from "./in-memory-repositories.ts"

const accountId = 1 as AccountId
const create = (clientId: ClientId, drafts: Batch<PhoneNumberDraft>) =>
  createPhoneNumbers({ accountId, clientId, drafts, defaultCountryCode: "1" })
const newClient = Effect.gen(function* () {
  const { id } = yield* (yield* ClientRepository).insert(accountId, { name: "Ada", updatedAt: 0 })
  return id
})
const draft = (number: string, isPrimary?: boolean): PhoneNumberDraft => ({ number, isPrimary })
const many = (length: number) => Array.from({ length }, () => draft("541-555-0123"))

describe("createPhoneNumbers", () => {
  it.effect("stores the numbers in request order, with one time in whole seconds", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      yield* TestClock.setTime(1_513_296_021_999)
      const created = yield* create(yield* newClient, [
        { label: "home", countryCode: "+1", number: "541-555-0123", extension: null, isPrimary: false },
        { label: "work", countryCode: "+1", number: "541-555-0987", extension: "5", isPrimary: false },
        { label: "cell", countryCode: "+1", number: "541-555-0573", extension: null, isPrimary: true },
      ])
      assert.deepEqual(
        created.map(({ label, number, extension, isPrimary }) => [label, number, extension, isPrimary]),
        [
          ["home", "541-555-0123", null, false],
          ["work", "541-555-0987", "5", false],
          ["cell", "541-555-0573", null, true],
        ],
      )
      assert.deepEqual(new Set(created.map((number) => number.updatedAt)), new Set([1_513_296_021]))
      assert.deepEqual(state.phoneNumbers, created)
    }).pipe(Effect.provide(layer))
  })

  it.effect("makes the first silent number of a client without any the primary", () =>
    Effect.gen(function* () {
      const clientId = yield* newClient
      const first = yield* create(clientId, [
        draft("541-555-0123", false),
        draft("541-555-0124"),
        draft("541-555-0125"),
      ])
      assert.deepEqual(
        first.map((number) => number.isPrimary),
        [false, true, false],
      )
      const second = yield* create(clientId, [draft("541-555-0126")])
      assert.isFalse(second[0]?.isPrimary)
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("demotes the former primary at the same time", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      const clientId = yield* newClient
      yield* create(clientId, [draft("541-555-0123"), draft("541-555-0124")])
      yield* TestClock.setTime(5000)
      yield* create(clientId, [draft("541-555-0125"), draft("541-555-0126", true)])
      assert.deepEqual(
        state.phoneNumbers.map(({ isPrimary, updatedAt }) => [isPrimary, updatedAt]),
        [
          [false, 5],
          [false, 0],
          [false, 5],
          [true, 5],
        ],
      )
    }).pipe(Effect.provide(layer))
  })

  it.effect("keeps the same number twice as two records", () =>
    Effect.gen(function* () {
      const created = yield* create(yield* newClient, [draft("541-555-0123"), draft("541-555-0123")])
      assert.strictEqual(new Set(created.map((number) => number.id)).size, 2)
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("stores nothing where one item is invalid, and shows them all", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      const error = yield* Effect.flip(create(yield* newClient, [draft("541-555-0123"), draft("555-0123")]))
      assert.strictEqual(error._tag, "InvalidPhoneNumbers")
      assert.strictEqual(error.message, "1 of 2 phone numbers is invalid; nothing was saved.")
      assert.deepEqual(
        error._tag === "InvalidPhoneNumbers" && error.items.map((item) => [item.shown, item.violations]),
        [
          [{ label: null, countryCode: "1", number: "541-555-0123", rawNumber: "5550123", extension: null }, []],
          [
            { label: null, countryCode: "1", number: "555-0123", rawNumber: null, extension: null },
            [{ field: "number", code: "too_short" }],
          ],
        ],
      )
      assert.deepEqual(state.phoneNumbers, [])
    }).pipe(Effect.provide(layer))
  })

  it.effect("counts in its message what is invalid", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(create(yield* newClient, [draft("1"), draft("2")]))
      assert.strictEqual(error.message, "2 of 2 phone numbers are invalid; nothing was saved.")
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("takes 1 to 100 items", () =>
    Effect.gen(function* () {
      const clientId = yield* newClient
      assert.lengthOf(yield* create(clientId, many(100)), 100)
      const refused: ReadonlyArray<[Batch<PhoneNumberDraft>, ListViolation["code"]]> = [
        [[], "empty"],
        [many(101), "too_many"],
        [{ code: "blank" }, "blank"],
        [{ code: "wrong_type" }, "wrong_type"],
      ]
      for (const [drafts, code] of refused) {
        const error = yield* Effect.flip(create(clientId, drafts))
        assert.deepInclude(error, { _tag: "InvalidPhoneNumberList", violation: { code } })
      }
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("reports a client that is not there, or is another account's, before anything else", () =>
    Effect.gen(function* () {
      const clientId = yield* newClient
      const foreign = createPhoneNumbers({ accountId: 2 as AccountId, clientId, drafts: [], defaultCountryCode: "1" })
      for (const program of [create(99 as ClientId, [draft("1")]), create(99 as ClientId, []), foreign]) {
        const error = yield* Effect.flip(program)
        assert.strictEqual(error._tag, "ClientNotFound")
      }
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it("reads the drafts when it is called, before the program runs", () => {
    let read = false
    const spying = {
      get number() {
        read = true
        return "541-555-0123"
      },
    }
    create(1 as ClientId, [spying])
    assert.isTrue(read)
  })

  it.effect("runs without ever waiting", () => {
    const { layer } = inMemoryRepositories()
    return Effect.sync(() => {
      const program = Effect.gen(function* () {
        return yield* create(yield* newClient, [draft("541-555-0123")])
      })
      assert.lengthOf(Effect.runSync(Effect.provide(program, layer)), 1)
    })
  })
})
