import { existsSync, readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import {
  type AccountId,
  ClientRepository,
  CredentialRepository,
  IdempotencyRepository,
  PhoneNumberRepository,
  UnitOfWork,
} from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { Database, doctor, eraseClient, finishErasure } from "../src/index.ts"
import { fileLayer, insertAccount, insertClient, newPhoneNumber, phoneNumbersOf, token } from "./fixtures.ts"

/** All that the store's files hold, bytes as they are. */
const bytes = Effect.map(Database, ({ file }) =>
  [file, `${file}-wal`].filter(existsSync).map((path) => readFileSync(path)),
)

const givenNamed = (accountId: AccountId, name: string) =>
  ClientRepository.use((clients) => clients.insert(accountId, { name, updatedAt: 1000 }))

/** A million numbers in an order that looks random, each but once. */
const scattered = (index: number) => `+1504${String((index * 611_953) % 1_000_000).padStart(7, "0")}`

describe("eraseClient", () => {
  it.effect("leaves nothing of a client in any file", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const accountId = yield* run(insertAccount())
      const credential = yield* read(CredentialRepository.use(({ find }) => find(token("a"))))
      const client = yield* run(givenNamed(accountId, "Ada Lovelace"))
      const other = yield* run(givenNamed(accountId, "Charles Babbage"))
      const result = { credentialId: credential!.id, fingerprint: "f", createdAt: 1000 }
      const personal = { label: "her label", number: "504-777-0123", e164: "+15047770123", typed: "(504) 777 0123" }
      yield* run(PhoneNumberRepository.use(({ insert }) => insert(client.id, [newPhoneNumber(personal)], 2000)))
      yield* run(PhoneNumberRepository.use(({ insert }) => insert(other.id, [newPhoneNumber()], 2000)))
      yield* run(
        IdempotencyRepository.use(({ insert }) =>
          insert({ ...result, key: "hers", answer: "shows Ada's number", clientIds: [other.id, client.id] }),
        ),
      )
      yield* run(
        IdempotencyRepository.use(({ insert }) =>
          insert({ ...result, key: "another", answer: "shows Charles's number", clientIds: [other.id] }),
        ),
      )
      const traces = [...Object.values(personal), "Ada Lovelace", "shows Ada's number"]
      const found = Effect.map(bytes, (files) => traces.filter((text) => files.some((file) => file.includes(text))))
      assert.deepEqual(yield* found, traces)

      yield* eraseClient(client.id)
      assert.deepEqual(yield* found, [])
      assert.isTrue((yield* bytes).some((file) => file.includes("shows Charles's number")))
      assert.lengthOf(yield* read(phoneNumbersOf(other.id)), 1)
      assert.strictEqual(yield* read(ClientRepository.use(({ count }) => count(accountId))), 1)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("finds what SQLite's page splits left behind, beyond the reach of secure_delete", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const accountId = yield* run(insertAccount())
      const client = yield* run(insertClient(accountId))
      const other = yield* run(insertClient(accountId))
      const insert = (clientId: typeof client.id, from: number) =>
        PhoneNumberRepository.use((repository) =>
          repository.insert(
            clientId,
            Array.from({ length: 100 }, (_, index) => newPhoneNumber({ e164: scattered(from + index) })),
            2000,
          ),
        )
      yield* run(
        Effect.forEach(Array.from({ length: 200 }).keys(), (batch) =>
          insert((batch % 4 === 0 ? client : other).id, batch * 100),
        ),
      )
      yield* eraseClient(client.id)
      const hers = new Set(
        Array.from({ length: 20_000 }, (_, index) => index)
          .filter((index) => Math.floor(index / 100) % 4 === 0)
          .map(scattered),
      )
      const texts = (yield* bytes).map((file) => file.toString("latin1"))
      const left = texts.flatMap((text) => text.match(/\+1504\d{7}/gu) ?? []).filter((e164) => hers.has(e164))
      assert.deepEqual(left, [])
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect("keeps the ids it gave, and fails for a client that is gone", () =>
    Effect.gen(function* () {
      const { run } = yield* UnitOfWork
      const accountId = yield* run(insertAccount())
      const { id } = yield* run(insertClient(accountId))
      yield* eraseClient(id)
      assert.strictEqual((yield* Effect.flip(eraseClient(id)))._tag, "ClientNotFound")
      assert.isAbove((yield* run(insertClient(accountId))).id, id)
    }).pipe(Effect.provide(fileLayer())),
  )

  it.effect(
    "that somebody's long read keeps from its end is refused with the cure, told by doctor, and finished later",
    () =>
      Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const { file } = yield* Database
        const { id } = yield* run(givenNamed(yield* run(insertAccount()), "Ada Lovelace"))
        const traces = Effect.map(bytes, (files) => files.some((content) => content.includes("Ada Lovelace")))
        const findings = Effect.map(doctor({ file, secretKey: undefined }), (diagnosis) => diagnosis.findings)
        assert.isNull(yield* finishErasure)

        const reader = new Sqlite(file, { readonly: true })
        reader.exec("BEGIN; SELECT count(*) FROM clients")
        for (const erasure of [eraseClient(id), finishErasure]) {
          const erasing = yield* Effect.forkChild(Effect.flip(erasure), { startImmediately: true })
          while (erasing.pollUnsafe() === undefined) {
            yield* Effect.promise(() => new Promise((resolve) => setImmediate(resolve)))
            yield* TestClock.adjust("1 second")
          }
          const { message } = yield* Fiber.join(erasing)
          assert.include(message, `Client ${id} is erased, but ${file} keeps traces of it until you erase it once more`)
          assert.isTrue(yield* traces)
          assert.strictEqual((yield* findings)[0]?.check, "erasure")
        }
        reader.close()

        assert.strictEqual(yield* finishErasure, id)
        assert.isFalse(yield* traces)
        assert.deepEqual(yield* findings, [])
        assert.isNull(yield* finishErasure)
      }).pipe(Effect.provide(fileLayer())),
  )
})
