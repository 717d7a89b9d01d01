import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  type AccountId,
  type Batch,
  type ClientDraft,
  type ClientId,
  createClients,
  createPhoneNumbers,
  type InvalidClients,
  type ListViolation,
  listClients,
  showClient,
  updateClient,
} from "../src/index.ts"
import { inMemoryRepositories } from "./in-memory-repositories.ts"

const accountId = 1 as AccountId
const create = (drafts: Batch<ClientDraft>) => createClients({ accountId, drafts, defaultCountryCode: "1" })
const numbers = (length: number) => Array.from({ length }, () => ({ number: "541-555-0123" }))
const many = (length: number) => Array.from({ length }, () => ({ name: "Ada" }))
const refusal = (drafts: Batch<ClientDraft>) =>
  Effect.map(Effect.flip(create(drafts)), (error) => {
    assert.strictEqual(error._tag, "InvalidClients")
    return error as InvalidClients
  }).pipe(Effect.provide(inMemoryRepositories().layer))

describe("createClients", () => {
  it.effect("stores clients with their numbers, in request order", () => {
    const { layer } = inMemoryRepositories()
    return Effect.gen(function* () {
      yield* TestClock.setTime(7999)
      const [ada, bob] = yield* create([
        { name: " Ada ", phoneNumbers: [{ number: "541-555-0123", isPrimary: false }, { number: "541-555-0124" }] },
        { name: "Bob" },
      ])
      assert.deepInclude(ada?.client, { name: "Ada", updatedAt: 7 })
      assert.deepEqual(
        ada?.phoneNumbers.map((number) => number.number),
        ["541-555-0123", "541-555-0124"],
      )
      assert.strictEqual(ada?.primaryPhoneNumber?.number, "541-555-0124")
      assert.deepInclude(bob, { primaryPhoneNumber: null, phoneNumbers: [] })
      assert.isAbove(bob?.client.id ?? 0, ada?.client.id ?? 0)
    }).pipe(Effect.provide(layer))
  })

  it.effect.each<ClientDraft["phoneNumbers"]>([undefined, null, [], { code: "blank" }, { code: "empty" }])(
    "takes %j for no numbers",
    (phoneNumbers) =>
      Effect.gen(function* () {
        const [record] = yield* create([{ name: "Ada", phoneNumbers }])
        assert.deepEqual(record?.phoneNumbers, [])
      }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("stores nothing where anything is invalid, and says where", () => {
    const { layer, state } = inMemoryRepositories()
    return Effect.gen(function* () {
      const error = yield* Effect.flip(
        create([
          { name: "Ada", phoneNumbers: [{ number: "541-555-0123" }, { number: "555-0123" }] },
          { name: " ", phoneNumbers: { code: "wrong_type" } },
          { name: "Bob" },
        ]),
      )
      assert.strictEqual(error._tag, "InvalidClients")
      assert.strictEqual(error.message, "2 of 3 clients are invalid; nothing was saved.")
      const [ada, blank, bob] = (error as InvalidClients).items
      assert.deepInclude(ada, { name: "Ada", violations: [] })
      assert.deepEqual(
        ada?.phoneNumbers.map((number) => number.violations),
        [[], [{ field: "number", code: "too_short" }]],
      )
      assert.deepEqual(blank, {
        name: null,
        phoneNumbers: [],
        violations: [
          { field: "name", code: "blank" },
          { field: "phoneNumbers", code: "wrong_type" },
        ],
      })
      assert.deepEqual(bob, { name: "Bob", phoneNumbers: [], violations: [] })
      assert.deepEqual([state.clients, state.phoneNumbers], [[], []])
    }).pipe(Effect.provide(layer))
  })

  it.effect("takes names of 255 code points, without control characters", () =>
    Effect.gen(function* () {
      assert.lengthOf(yield* create([{ name: "📞".repeat(255) }]), 1)
      const { items } = yield* refusal([{ name: "📞".repeat(256) }, { name: "a\u0000" }, { name: "\uD800" }, {}])
      assert.deepEqual(
        items.map((item) => item.violations),
        [
          [{ field: "name", code: "too_long", maximum: 255 }],
          [{ field: "name", code: "invalid_characters" }],
          [{ field: "name", code: "invalid_characters" }],
          [{ field: "name", code: "blank" }],
        ],
      )
      assert.deepEqual(
        items.map((item) => item.name),
        ["📞".repeat(64), "a\u0000", "\uD800", null],
      )
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("refuses values of another type", () =>
    Effect.gen(function* () {
      const { items } = yield* refusal([{ malformed: ["name"] }, { name: "x", malformed: ["base"] }])
      assert.deepEqual(items, [
        { name: null, phoneNumbers: [], violations: [{ field: "name", code: "wrong_type" }] },
        { name: null, phoneNumbers: [], violations: [{ field: "base", code: "wrong_type" }] },
      ])
    }),
  )

  it.effect("takes 100 numbers in all, and refuses the lists beyond unread", () =>
    Effect.gen(function* () {
      const within = [
        { name: "Ada", phoneNumbers: numbers(60) },
        { name: "Bob" },
        { name: "Cy", phoneNumbers: numbers(40) },
      ]
      assert.lengthOf(yield* create(within), 3)
      const { items } = yield* refusal([...within, { name: "Di", phoneNumbers: numbers(1) }, { name: "Ed" }])
      assert.deepEqual(
        items.map((item) => item.violations),
        [[], [], [], [{ field: "phoneNumbers", code: "too_many", maximum: 100 }], []],
      )
      assert.deepEqual(items[3]?.phoneNumbers, [])
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("counts two primaries for each client on its own", () =>
    Effect.gen(function* () {
      const one = { name: "Ada", phoneNumbers: [{ number: "541-555-0123", isPrimary: true }] }
      assert.lengthOf(yield* create([one, one]), 2)
      const { items } = yield* refusal([{ name: "Ada", phoneNumbers: [...one.phoneNumbers, ...one.phoneNumbers] }])
      assert.deepEqual(
        items[0]?.phoneNumbers.map((number) => number.violations.map((violation) => violation.code)),
        [["multiple_primaries"], ["multiple_primaries"]],
      )
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("takes 1 to 100 clients", () =>
    Effect.gen(function* () {
      assert.lengthOf(yield* create(many(100)), 100)
      for (const [drafts, code] of [
        [[], "empty"],
        [many(101), "too_many"],
        [{ code: "blank" }, "blank"],
      ] satisfies ReadonlyArray<[Batch<ClientDraft>, ListViolation["code"]]>) {
        const error = yield* Effect.flip(create(drafts))
        assert.deepInclude(error, { _tag: "InvalidClientList", violation: { code } })
      }
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )
})

describe("showClient", () => {
  it.effect("shows the first 100 numbers by id, and the primary wherever it stands", () =>
    Effect.gen(function* () {
      const [record] = yield* create([{ name: "Ada", phoneNumbers: numbers(100) }])
      const clientId = record?.client.id ?? (0 as ClientId)
      const drafts = [{ number: "541-555-0999", isPrimary: true }]
      const [added] = yield* createPhoneNumbers({ accountId, clientId, drafts, defaultCountryCode: "1" })
      const shown = yield* showClient({ accountId, clientId })
      assert.lengthOf(shown.phoneNumbers, 100)
      assert.deepEqual(shown.primaryPhoneNumber, added)
      assert.notInclude(
        shown.phoneNumbers.map((number) => number.id),
        added?.id,
      )
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("does not find another account's client", () =>
    Effect.gen(function* () {
      yield* create([{ name: "Ada" }])
      const error = yield* Effect.flip(showClient({ accountId: 2 as AccountId, clientId: 1 as ClientId }))
      assert.strictEqual(error.message, "Couldn't find Client with ID=1")
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )
})

describe("updateClient", () => {
  const plant = Effect.map(create([{ name: "Ada" }]), ([record]) => ({ accountId, clientId: record!.client.id }))

  it.effect("renames, and leaves alone what it is not told of", () =>
    Effect.gen(function* () {
      const key = { ...(yield* plant), expected: null }
      yield* TestClock.setTime(5000)
      for (const draft of [{}, { name: " Ada " }, { phoneNumbers: numbers(1) }]) {
        const { client, phoneNumbers } = yield* updateClient({ ...key, draft })
        assert.deepEqual([client.name, client.updatedAt, client.version, phoneNumbers], ["Ada", 0, 1, []])
      }
      const { client } = yield* updateClient({ ...key, draft: { name: "Bob" } })
      assert.deepEqual([client.name, client.updatedAt, client.version], ["Bob", 5, 2])
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )

  it.effect("refuses in this order: client, version, name", () =>
    Effect.gen(function* () {
      const key = { ...(yield* plant), expected: [7], draft: { name: null } }
      const tagOf = (request: Parameters<typeof updateClient>[0]) =>
        Effect.map(Effect.flip(updateClient(request)), ({ _tag }) => _tag)
      assert.strictEqual(yield* tagOf({ ...key, accountId: 2 as AccountId }), "ClientNotFound")
      assert.strictEqual(yield* tagOf(key), "VersionConflict")
      assert.strictEqual(yield* tagOf({ ...key, expected: [1] }), "InvalidClient")
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )
})

describe("listClients", () => {
  it.effect("answers a page of the account's clients and their total", () =>
    Effect.gen(function* () {
      yield* create(many(3))
      const listed = yield* listClients({ accountId, page: { page: 2, perPage: 2 } })
      assert.deepEqual([listed.entries.map(({ client }) => client.id), listed.total], [[3 as ClientId], 3])
      const none = yield* listClients({ accountId: 2 as AccountId, page: { page: 1, perPage: 2 } })
      assert.deepEqual([none.entries, none.total], [[], 0])
    }).pipe(Effect.provide(inMemoryRepositories().layer)),
  )
})
