import { generateKeySync } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import {
  type AccountId,
  type ClientId,
  ClientRepository,
  type Condition,
  type CredentialId,
  CredentialRepository,
  IdempotencyRepository,
  type PhoneNumberId,
  PhoneNumberRepository,
  type Repositories,
} from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { drizzle } from "drizzle-orm/better-sqlite3"
import { Effect } from "effect"
import { Database } from "../src/index.ts"
import { repositories } from "../src/repositories.ts"
import { fileLayer, token } from "./fixtures.ts"

/** How SQLite finds what a program reads: the plans of every statement that it really ran. */
const plansOf = Effect.fnUntraced(function* (program: Effect.Effect<unknown, never, Repositories>) {
  const { file, reader } = yield* Database
  const statements: Array<string> = []
  const sqlite = new Sqlite(file, { verbose: (statement) => statements.push(String(statement)) })
  yield* Effect.addFinalizer(() => Effect.sync(() => sqlite.close()))
  const connection = { ...reader, sqlite, orm: drizzle(sqlite) }
  const context = repositories(connection, generateKeySync("aes", { length: 256 }))
  yield* Effect.provide(program, context)
  return statements.flatMap((statement) =>
    reader.sqlite
      .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${statement}`)
      .all()
      .map(({ detail }) => detail),
  )
})

const accountId = 1 as AccountId
const clientId = 1 as ClientId
const number: Condition = { field: "e164", operator: "eq", value: "+15045550123", extension: null }
const CONDITIONS: ReadonlyArray<Condition> = [
  number,
  { ...number, operator: "gt" },
  { ...number, operator: "not_eq", extension: "7" },
  { field: "id", operator: "gte", value: 5 },
  { field: "label", operator: "eq", value: "home" },
  { field: "extension", operator: "not_eq", value: null },
  { field: "countryCode", operator: "lt", value: "2" },
  { field: "updatedAt", operator: "gt", value: 1000 },
]
const page = { page: 3, perPage: 100 }

const CLIENT_INDEX = /^SEARCH phone_numbers USING (?:COVERING )?INDEX phone_numbers_client_id \(client_id=\?/u
const E164_INDEX = /^SEARCH phone_numbers USING INDEX phone_numbers_e164 \(e164=\?/u
/** A row by its id, whatever its table. */
const BY_ID =
  /^SEARCH (?:clients|phone_numbers) USING (?:INTEGER PRIMARY KEY \(rowid=\?\)|COVERING INDEX clients_account_id \(account_id=\? AND rowid=\?\))$/u

describe("a list", () => {
  it.effect.each([[], ...CONDITIONS.map((condition) => [condition]), CONDITIONS])(
    "of a client's numbers is found and ordered by the client's index alone (%#)",
    (conditions) =>
      Effect.gen(function* () {
        const program = PhoneNumberRepository.use((repository) =>
          Effect.all([repository.page({ clientId }, conditions, page), repository.count({ clientId }, conditions)]),
        )
        const plans = yield* plansOf(program)
        assert.lengthOf(
          plans.filter((plan) => CLIENT_INDEX.test(plan)),
          2,
        )
        for (const plan of plans) assert.isTrue(CLIENT_INDEX.test(plan) || BY_ID.test(plan), plan)
      }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("by one id reads one row", () =>
    Effect.gen(function* () {
      const condition: Condition = { field: "id", operator: "eq", value: 5 }
      const plans = yield* plansOf(PhoneNumberRepository.use(({ page: list }) => list({ clientId }, [condition], page)))
      assert.lengthOf(plans, 2)
      for (const plan of plans) assert.match(plan, BY_ID)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect.each([[number], CONDITIONS])("of an account's numbers is found and ordered by E.164 (%#)", (conditions) =>
    Effect.gen(function* () {
      const program = PhoneNumberRepository.use((repository) =>
        Effect.all([repository.page({ accountId }, conditions, page), repository.count({ accountId }, conditions)]),
      )
      const plans = yield* plansOf(program)
      assert.lengthOf(
        plans.filter((plan) => E164_INDEX.test(plan)),
        2,
      )
      for (const plan of plans) assert.isTrue(E164_INDEX.test(plan) || BY_ID.test(plan), plan)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("of an account's numbers without one to look up goes through the account's clients, and no others", () =>
    Effect.gen(function* () {
      const conditions: ReadonlyArray<Condition> = [{ ...number, operator: "gt" }]
      const plans = yield* plansOf(PhoneNumberRepository.use(({ page: list }) => list({ accountId }, conditions, page)))
      assert.deepEqual(plans, [
        "SEARCH clients USING COVERING INDEX clients_account_id (account_id=?)",
        "SEARCH phone_numbers USING INDEX phone_numbers_client_id (client_id=?)",
        "USE TEMP B-TREE FOR ORDER BY",
      ])
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("of clients is found and ordered by their account's index, and counted by a counter", () =>
    Effect.gen(function* () {
      const program = ClientRepository.use((clients) =>
        Effect.all([clients.page(accountId, page), clients.count(accountId)]),
      )
      assert.deepEqual(yield* plansOf(program), [
        "SEARCH clients USING INDEX clients_account_id (account_id=?)",
        "SEARCH accounts USING INTEGER PRIMARY KEY (rowid=?)",
      ])
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("every request", () => {
  it.effect("finds its credential, its client, its number and its key by an index", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const credentials = yield* CredentialRepository
        const clients = yield* ClientRepository
        const phoneNumbers = yield* PhoneNumberRepository
        const results = yield* IdempotencyRepository
        yield* credentials.find(token("a"))
        yield* Effect.exit(clients.summary(accountId, clientId))
        yield* phoneNumbers.primary(clientId)
        yield* Effect.exit(phoneNumbers.find(clientId, 1 as PhoneNumberId))
        yield* results.find(1 as CredentialId, "key", 1000)
        yield* results.removeExpired(1000, 2)
      })
      assert.deepEqual(yield* plansOf(program), [
        "SEARCH credentials USING INDEX credentials_token_unique (token=?)",
        "SEARCH clients USING INTEGER PRIMARY KEY (rowid=?)",
        "CORRELATED SCALAR SUBQUERY 1",
        "SEARCH phone_numbers USING COVERING INDEX phone_numbers_primary (client_id=?)",
        "SEARCH phone_numbers USING INDEX phone_numbers_primary (client_id=?)",
        "SEARCH phone_numbers USING INTEGER PRIMARY KEY (rowid=?)",
        "SEARCH idempotency_results USING INDEX idempotency_results_key (credential_id=? AND key=?)",
        "SEARCH idempotency_results USING INTEGER PRIMARY KEY (rowid=?)",
        "LIST SUBQUERY 1",
        "SEARCH idempotency_results USING COVERING INDEX idempotency_results_created_at (created_at<?)",
      ])
    }).pipe(Effect.provide(fileLayer())),
  )
})
