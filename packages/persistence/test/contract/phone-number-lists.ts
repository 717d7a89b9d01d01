import { assert, describe, it } from "@effect/vitest"
import {
  type Condition,
  type NewPhoneNumber,
  type Operator,
  PhoneNumberRepository,
  type Scope,
  UnitOfWork,
} from "@phonebook/domain"
import { Effect, type Layer } from "effect"
import { givenClient, insertAccount, insertClient, insertPhoneNumber, newPhoneNumber } from "../fixtures.ts"

const FIRST = "+15045550101"
const SECOND = "+15045550102"

/** A client with these numbers, and how to ask for the labels of those that satisfy conditions. */
const given = Effect.fnUntraced(function* (numbers: ReadonlyArray<Partial<NewPhoneNumber>>) {
  const { read, run } = yield* UnitOfWork
  const { accountId, id: clientId } = yield* run(givenClient)
  const rows = numbers.map((changes) => newPhoneNumber(changes))
  const stored = yield* run(PhoneNumberRepository.use(({ insert }) => insert(clientId, rows, 2000)))
  const positions = Effect.fnUntraced(function* (scope: Scope, conditions: ReadonlyArray<Condition>) {
    const phoneNumbers = yield* PhoneNumberRepository
    const page = yield* phoneNumbers.page(scope, conditions, { page: 1, perPage: 100 })
    assert.strictEqual(yield* phoneNumbers.count(scope, conditions), page.length)
    for (const number of page)
      assert.deepEqual<unknown>(
        number,
        stored.find(({ id }) => id === number.id),
      )
    return page.map(({ id }) => stored.findIndex((one) => one.id === id))
  })
  /** The positions of those that are listed, the same for the client as for its account. */
  const listed = Effect.fnUntraced(function* (...conditions: ReadonlyArray<Condition>) {
    const ofClient = yield* read(positions({ clientId }, conditions))
    assert.deepEqual(yield* read(positions({ accountId }, conditions)), ofClient)
    return ofClient
  })
  return { accountId, clientId, stored, listed }
})

/** For each operator, the positions expected. */
type Expected = Readonly<Record<Operator, ReadonlyArray<number>>>
const OPERATORS = ["eq", "not_eq", "gt", "gte", "lt", "lte"] as const

export const phoneNumberListsContract = (name: string, makeLayer: () => Layer.Layer<UnitOfWork, unknown>) =>
  describe(`lists of a PhoneNumberRepository: ${name}`, () => {
    const texts: ReadonlyArray<[string, Partial<Condition>, Expected]> = [
      [
        "a label, by code point",
        { field: "label", value: "b" },
        { eq: [2], not_eq: [0, 1, 3, 4, 5], gt: [3, 4, 5], gte: [2, 3, 4, 5], lt: [1], lte: [1, 2] },
      ],
      [
        // U+1F4DE comes after U+FF5E by code point, and before it by UTF-16.
        "a label beyond the first plane",
        { field: "label", value: "～" },
        { eq: [4], not_eq: [0, 1, 2, 3, 5], gt: [5], gte: [4, 5], lt: [1, 2, 3], lte: [1, 2, 3, 4] },
      ],
      [
        "no label",
        { field: "label", value: null },
        { eq: [0], not_eq: [1, 2, 3, 4, 5], gt: [], gte: [], lt: [], lte: [] },
      ],
      [
        "an extension",
        { field: "extension", value: "7" },
        { eq: [1], not_eq: [0, 2, 3, 4, 5], gt: [], gte: [1], lt: [2], lte: [1, 2] },
      ],
      [
        "a country code",
        { field: "countryCode", value: "1" },
        { eq: [0, 1, 2, 3, 4], not_eq: [5], gt: [5], gte: [0, 1, 2, 3, 4, 5], lt: [], lte: [0, 1, 2, 3, 4] },
      ],
      [
        "a number",
        { field: "e164", value: SECOND, extension: null } as Partial<Condition>,
        { eq: [1, 2], not_eq: [0, 3, 4, 5], gt: [5], gte: [1, 2, 5], lt: [0, 3, 4], lte: [0, 1, 2, 3, 4] },
      ],
      [
        "a number with an extension",
        { field: "e164", value: SECOND, extension: "7" } as Partial<Condition>,
        { eq: [1], not_eq: [0, 2, 3, 4, 5], gt: [], gte: [1], lt: [], lte: [1] },
      ],
      [
        "no number",
        { field: "e164", value: null, extension: null } as Partial<Condition>,
        { eq: [], not_eq: [0, 1, 2, 3, 4, 5], gt: [], gte: [], lt: [], lte: [] },
      ],
      [
        "a time, between two seconds",
        { field: "updatedAt", value: 1999.5 },
        { eq: [], not_eq: [0, 1, 2, 3, 4, 5], gt: [0, 1, 2, 3, 4, 5], gte: [0, 1, 2, 3, 4, 5], lt: [], lte: [] },
      ],
      [
        "a time",
        { field: "updatedAt", value: 2000 },
        { eq: [0, 1, 2, 3, 4, 5], not_eq: [], gt: [], gte: [0, 1, 2, 3, 4, 5], lt: [], lte: [0, 1, 2, 3, 4, 5] },
      ],
    ]
    it.effect.each(texts)("compare %s", ([, condition, expected]) =>
      Effect.gen(function* () {
        const { listed } = yield* given([
          { label: null, e164: FIRST },
          { label: "B", e164: SECOND, extension: "7" },
          { label: "b", e164: SECOND, extension: "007" },
          { label: "bb", e164: FIRST },
          { label: "～", e164: FIRST },
          { label: "📞", e164: "+442079460958", countryCode: "44" },
        ])
        for (const operator of OPERATORS) {
          assert.deepEqual(yield* listed({ ...condition, operator } as Condition), expected[operator], operator)
        }
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("compare ids, also ones beyond any", () =>
      Effect.gen(function* () {
        const { stored, listed } = yield* given([{}, {}, {}])
        const value = stored[1]!.id
        const expected = { eq: [1], not_eq: [0, 2], gt: [2], gte: [1, 2], lt: [0], lte: [0, 1] }
        for (const operator of OPERATORS) {
          assert.deepEqual(yield* listed({ field: "id", operator, value }), expected[operator], operator)
        }
        assert.deepEqual(yield* listed({ field: "id", operator: "lt", value: Number.MAX_SAFE_INTEGER * 8 }), [0, 1, 2])
        assert.deepEqual(yield* listed({ field: "id", operator: "eq", value: null }), [])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("hold what satisfies every condition", () =>
      Effect.gen(function* () {
        const { listed } = yield* given([
          { label: "a" },
          { label: "a", extension: "1" },
          { label: "b", extension: "1" },
        ])
        const label: Condition = { field: "label", operator: "eq", value: "a" }
        const extension: Condition = { field: "extension", operator: "eq", value: "1" }
        assert.deepEqual(yield* listed(), [0, 1, 2])
        assert.deepEqual(yield* listed(label, extension), [1])
        assert.deepEqual(yield* listed(label, { ...label, operator: "gt" }), [])
      }).pipe(Effect.provide(makeLayer())),
    )

    it.effect("come in pages by id, of one client or of an account's clients, and of no other", () =>
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const accountId = yield* run(insertAccount("a"))
        const one = yield* run(insertClient(accountId))
        const other = yield* run(insertClient(accountId))
        const stranger = yield* run(insertClient(yield* run(insertAccount("b"))))
        const all = yield* run(
          Effect.forEach([one, other, stranger, one, other, one], ({ id }) =>
            insertPhoneNumber(id, { e164: FIRST, typed: `${id}` }),
          ),
        ).pipe(Effect.map((inserted) => inserted.flat()))
        const number: Condition = { field: "e164", operator: "eq", value: FIRST, extension: null }
        const ofOne = all.filter(({ clientId }) => clientId === one.id)
        const ofAccount = all.filter(({ clientId }) => clientId !== stranger.id)
        for (const [scope, conditions, expected] of [
          [{ clientId: one.id }, [], ofOne],
          [{ clientId: one.id }, [number], ofOne],
          [{ accountId }, [], ofAccount],
          [{ accountId }, [number], ofAccount],
          [{ accountId }, [{ ...number, operator: "gte" }], ofAccount],
        ] satisfies ReadonlyArray<[Scope, ReadonlyArray<Condition>, typeof all]>) {
          const page = (index: number, perPage: number) =>
            read(
              PhoneNumberRepository.use((repository) => repository.page(scope, conditions, { page: index, perPage })),
            )
          assert.deepEqual(yield* page(1, 2), expected.slice(0, 2))
          assert.deepEqual(yield* page(2, 2), expected.slice(2, 4))
          assert.deepEqual(yield* page(Number.MAX_SAFE_INTEGER, 100), [])
          const total = yield* read(PhoneNumberRepository.use(({ count }) => count(scope, conditions)))
          assert.strictEqual(total, expected.length)
        }
      }).pipe(Effect.provide(makeLayer())),
    )
  })
