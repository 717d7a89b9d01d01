import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { doctor, layer } from "../src/index.ts"
import { crash, givenDatabase, tamper } from "./maintenance.ts"

const diagnose = (file: string) => doctor({ file, secretKey: undefined })

const DROP_PRIMARY = "DROP INDEX phone_numbers_primary;"

/** What is done to a sound database, and what must be found: [check, words]. */
const DAMAGES: ReadonlyArray<readonly [statements: string, check: string, words: string]> = [
  [`${DROP_PRIMARY} UPDATE phone_numbers SET is_primary = 1`, "primary", "client 1 has 2 primary phone numbers"],
  [DROP_PRIMARY, "schema", "index phone_numbers_primary is missing"],
  ["UPDATE clients SET phone_number_count = 7", "phone_number_count", "client 1 counts 7 phone numbers and has 2"],
  ["UPDATE accounts SET client_count = 0", "client_count", "account 1 counts 0 clients and has 1"],
  ["UPDATE clients SET version = 0", "version", "client 1 has version 0"],
  ["UPDATE phone_numbers SET version = -1 WHERE id = 2", "version", "phone number 2 has version -1"],
  [
    "UPDATE phone_numbers SET number = '504-555-0124' WHERE id = 1",
    "number",
    "phone number 1 has a number that is not",
  ],
  ["UPDATE phone_numbers SET raw_number = '5550124' WHERE id = 2", "number", "phone number 2 has a raw number"],
  ["UPDATE sqlite_sequence SET seq = 1 WHERE name = 'phone_numbers'", "sequence", "phone_numbers would give id 2 next"],
  ["DELETE FROM sqlite_sequence", "sequence", "clients would give id 1 next, and has 1"],
  ["UPDATE phone_numbers SET client_id = 9 WHERE id = 2", "foreign_keys", "phone_numbers 2 refers to one of clients"],
  ["UPDATE phone_numbers SET is_primary = 5 WHERE id = 1", "integrity", "CHECK constraint failed in phone_numbers"],
  [
    "CREATE TABLE loose (name TEXT, value); INSERT INTO loose SELECT * FROM settings; DROP TABLE settings; ALTER TABLE loose RENAME TO settings",
    "schema",
    "STRICT on table settings is missing",
  ],
  ["DROP TABLE idempotency_results", "schema", "table idempotency_results is missing"],
  ["DROP TABLE idempotency_results", "kept_answer", "no such table"],
  ["DROP TABLE credentials", "tables", "credentials is missing"],
  ["ALTER TABLE clients DROP COLUMN updated_at", "schema", "column clients.updated_at is missing"],
  ["ALTER TABLE phone_numbers RENAME COLUMN number TO digits", "number", "no such column"],
  [
    `INSERT INTO idempotency_results (credential_id, key, fingerprint, client_ids, created_at, answer)
      VALUES (1, 'k', 'f', '[1,9]', 1000, 'a')`,
    "kept_answer",
    "kept answer 1 shows client 9, which is gone",
  ],
  [
    "INSERT INTO settings VALUES ('erasure_unfinished', '9')",
    "erasure",
    "client 9 is erased and its traces may not be: phonebook clients erase 9 finishes it",
  ],
  ["DELETE FROM migrations WHERE id = (SELECT max(id) FROM migrations)", "migrations", "older than this program"],
]

describe("doctor", () => {
  it.effect("finds nothing in a sound database, beside a process that uses it, and makes no file", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const diagnosis = Effect.gen(function* () {
        const files = readdirSync(folder)
        const found = yield* diagnose(file)
        assert.deepEqual(readdirSync(folder), files)
        return found
      })
      assert.deepEqual(yield* Effect.provide(diagnosis, layer({ file })), {
        file,
        counts: { accounts: 1, credentials: 1, clients: 1, phoneNumbers: 2 },
        findings: [],
      })
    }),
  )

  it.effect("changes no byte of what a killed server left, and counts what is only in its log", () =>
    Effect.gen(function* () {
      const { file: sound } = yield* givenDatabase
      const { crashed } = yield* crash(sound)
      const bytes = () => [crashed, `${crashed}-wal`].map((path) => readFileSync(path))
      const before = bytes()
      const { counts, findings } = yield* diagnose(crashed)
      assert.deepEqual([counts?.phoneNumbers, findings], [3, []])
      assert.deepEqual(bytes(), before)
    }),
  )

  it.effect.each(DAMAGES)("finds %s", ([statements, check, words]) =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      tamper(file, statements)
      const { findings } = yield* diagnose(file)
      assert.isTrue(
        findings.some((finding) => finding.check === check && finding.detail.includes(words)),
        JSON.stringify(findings),
      )
    }),
  )

  it.effect("finds pages that are overwritten", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const descriptor = openSync(file, "r+")
      writeSync(descriptor, Buffer.alloc(4096 * 4, 0xee), 0, 4096 * 4, 4096 * 3)
      closeSync(descriptor)
      const { counts, findings } = yield* diagnose(file)
      assert.isNull(counts)
      assert.strictEqual(findings[0]?.check, "integrity")
    }),
  )

  it.effect("finds a key that is absent or another", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      writeFileSync(`${file}.key`, "f".repeat(64))
      const [another] = (yield* diagnose(file)).findings
      assert.deepEqual(another, {
        check: "key",
        detail: `${file}.key is not the key its stored secrets were encrypted with`,
      })
      rmSync(`${file}.key`)
      assert.include((yield* diagnose(file)).findings[0]?.detail, `put ${file}.key back`)
    }),
  )

  it.effect("tells no name and no number", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      tamper(file, "UPDATE phone_numbers SET number = '504-555-0199', e164 = '+1666'; UPDATE clients SET version = 0")
      const { findings } = yield* diagnose(file)
      assert.isAtLeast(findings.length, 3)
      assert.notMatch(JSON.stringify(findings), /Ada|0199|1666/u)
    }),
  )

  it.effect("refuses what is no database of Phonebook", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const other = `${file}.other`
      assert.strictEqual((yield* Effect.flip(diagnose(other))).message, `There is no database at ${other}`)
      writeFileSync(other, "Dear diary, ".repeat(100))
      assert.include((yield* Effect.flip(diagnose(other))).message, "is no database, or damaged")
      rmSync(other)
      tamper(other, "CREATE TABLE songs (title TEXT)")
      assert.include((yield* Effect.flip(diagnose(other))).message, "is not a database of Phonebook")
      tamper(file, "INSERT INTO migrations (hash, applied_at) VALUES ('of tomorrow', 1)")
      assert.include((yield* Effect.flip(diagnose(file))).message, "newer version")
    }),
  )
})
