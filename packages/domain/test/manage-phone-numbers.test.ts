import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { TestClock } from "effect/testing"
import {
  type AccountId,
  type Batch,
  type ClientId,
  ClientNotFound,
  ClientRepository,
  createPhoneNumbers,
  deletePhoneNumber,
  listPhoneNumbers,
  type ListViolation,
  type PhoneNumberDraft,
  type PhoneNumberId,
  showPhoneNumber,
  updatePhoneNumber,
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

const plant = Effect.gen(function* () {
  const clientId = yield* newClient
  const created = yield* create(clientId, [draft("541-555-0123"), draft("541-555-0124")])
  return { accountId, clientId, phoneNumberId: created[0]!.id, other: created[1]!.id }
})
const any = { expected: null }

describe("updatePhoneNumber", () => {
  it.effect("leaves a record alone that is put back as it was shown", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      const key = yield* plant
      const before = state.phoneNumbers
      yield* TestClock.setTime(9000)
      const { label, countryCode, number, extension } = yield* showPhoneNumber(key)
      const shown = { label, countryCode, number, extension }
      assert.deepEqual(yield* updatePhoneNumber({ ...key, ...any, draft: shown }), before[0])
      assert.deepEqual(yield* updatePhoneNumber({ ...key, ...any, draft: {} }), before[0])
      assert.deepEqual(state.phoneNumbers, before)
    }).pipe(Effect.provide(layer))
  })

  it.effect("changes what is named, with a new time and version", () => {
    const { layer } = inMemoryRepositories()
    return Effect.gen(function* () {
      const key = yield* plant
      yield* TestClock.setTime(9000)
      const changed = yield* updatePhoneNumber({ ...key, ...any, draft: { label: "cell" } })
      assert.deepEqual([changed.label, changed.updatedAt, changed.version, changed.isPrimary], ["cell", 9, 2, true])
    }).pipe(Effect.provide(layer))
  })

  it.effect("moves the primary, and takes it away", () => {
    const { layer, state } = inMemoryRepositories()
    const primaries = () => state.phoneNumbers.map(({ isPrimary }) => isPrimary)
    return Effect.gen(function* () {
      const key = yield* plant
      assert.deepEqual(primaries(), [true, false])
      yield* updatePhoneNumber({ ...key, phoneNumberId: key.other, ...any, draft: { isPrimary: true } })
      assert.deepEqual(primaries(), [false, true])
      yield* updatePhoneNumber({ ...key, phoneNumberId: key.other, ...any, draft: { isPrimary: false } })
      assert.deepEqual(primaries(), [false, false])
    }).pipe(Effect.provide(layer))
  })

  it.effect("refuses in this order: client, phone number, version, data", () => {
    const { layer } = inMemoryRepositories()
    const tagOf = (request: Parameters<typeof updatePhoneNumber>[0]) =>
      Effect.map(Effect.flip(updatePhoneNumber(request)), ({ _tag }) => _tag)
    return Effect.gen(function* () {
      const key = { ...(yield* plant), expected: [7], draft: { number: "12" } }
      const stranger = { ...key, accountId: 2 as AccountId }
      const unknown = { ...key, phoneNumberId: 99 as PhoneNumberId }
      assert.strictEqual(yield* tagOf(stranger), "ClientNotFound")
      assert.strictEqual(yield* tagOf(unknown), "PhoneNumberNotFound")
      assert.strictEqual(yield* tagOf(key), "VersionConflict")
      assert.strictEqual(yield* tagOf({ ...key, expected: [1] }), "InvalidPhoneNumber")
    }).pipe(Effect.provide(layer))
  })
})

describe("deletePhoneNumber", () => {
  it.effect("leaves the client without a primary where it was that, and is not found twice", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      const key = yield* plant
      const stale = yield* Effect.flip(deletePhoneNumber({ ...key, expected: [2] }))
      assert.strictEqual(stale._tag, "VersionConflict")
      assert.strictEqual(yield* deletePhoneNumber({ ...key, ...any }), key.phoneNumberId)
      assert.deepEqual(
        state.phoneNumbers.map(({ id, isPrimary }) => [id, isPrimary]),
        [[key.other, false]],
      )
      const twice = yield* Effect.flip(deletePhoneNumber({ ...key, ...any }))
      assert.strictEqual(twice._tag, "PhoneNumberNotFound")
    }).pipe(Effect.provide(layer))
  })
})

describe("listPhoneNumbers", () => {
  it.effect("reports a client that is not there before a query that cannot be read", () =>
    Effect.gen(function* () {
      const { clientId } = yield* plant
      const query = Result.fail("unreadable" as const)
      assert.strictEqual(yield* Effect.flip(listPhoneNumbers({ accountId, clientId, query })), "unreadable")
      const stranger = yield* Effect.flip(listPhoneNumbers({ accountId: 2 as AccountId, clientId, query }))
      assert.instanceOf(stranger, ClientNotFound)
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("answers a page and the total", () =>
    Effect.gen(function* () {
      const { clientId, other } = yield* plant
      const query = Result.succeed({ page: { page: 2, perPage: 1 }, conditions: [] })
      const listed = yield* listPhoneNumbers({ accountId, clientId, query })
      assert.deepEqual(
        [listed.entries.map(({ id }) => id), listed.total, listed.page, listed.perPage],
        [[other], 2, 2, 1],
      )
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )
})
