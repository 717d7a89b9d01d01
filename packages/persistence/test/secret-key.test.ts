import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, Redacted } from "effect"
import { Database, layer } from "../src/index.ts"
import { insertAccount, SECRET, temporaryFile, token } from "./fixtures.ts"

const HEX = "0123456789abcdef".repeat(4)
const OTHER_HEX = "f".repeat(64)

const open = (file: string, key?: string) =>
  layer({ file, secretKey: key === undefined ? undefined : Redacted.make(key) })

/** Stores a credential in a new database. */
const plant = (file: string, key?: string) =>
  Effect.flatMap(UnitOfWork, ({ run }) => run(insertAccount())).pipe(Effect.provide(open(file, key)))

/** The secret of that credential, as a new start reads it. */
const secretIn = (file: string, key?: string) =>
  CredentialRepository.use((credentials) => credentials.find(token("a"))).pipe(
    Effect.map((credential) => credential && Redacted.value(credential.secret)),
    Effect.provide(open(file, key)),
  )

describe("a key file", () => {
  it.effect("is made once, for its owner alone, and read at the next start", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file)
      const key = readFileSync(`${file}.key`, "utf8")
      assert.match(key, /^[0-9a-f]{64}\n$/u)
      assert.strictEqual(statSync(`${file}.key`).mode & 0o777, 0o600)
      assert.strictEqual(yield* secretIn(file), Redacted.value(SECRET))
      assert.strictEqual(readFileSync(`${file}.key`, "utf8"), key)
    }),
  )

  it.effect("that is absent or different is refused by name while there are credentials, and none is made", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file)
      writeFileSync(`${file}.key`, OTHER_HEX)
      assert.include((yield* Effect.flip(secretIn(file))).message, `${file}.key is not the key`)
      rmSync(`${file}.key`)
      assert.include((yield* Effect.flip(secretIn(file))).message, `put ${file}.key back`)
      assert.isFalse(existsSync(`${file}.key`))
    }),
  )

  it.effect("that is absent is made anew while there are no credentials", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* Effect.provide(Effect.void, open(file))
      rmSync(`${file}.key`)
      yield* plant(file)
      assert.strictEqual(yield* secretIn(file), Redacted.value(SECRET))
    }),
  )

  it.effect("that holds no key is refused by name", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      writeFileSync(`${file}.key`, "swordfish")
      assert.include((yield* Effect.flip(secretIn(file))).message, `${file}.key must hold 32 bytes`)
    }),
  )
})

describe("a key given", () => {
  it.effect("is used in hexadecimal or base64, and no file is made", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file, HEX)
      assert.strictEqual(yield* secretIn(file, Buffer.from(HEX, "hex").toString("base64")), Redacted.value(SECRET))
      assert.isFalse(existsSync(`${file}.key`))
    }),
  )

  it.effect("that is different, or no key at all, is refused without being shown", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file, HEX)
      for (const key of [OTHER_HEX, "swordfish", ""]) {
        const { message } = yield* Effect.flip(secretIn(file, key))
        assert.include(message, "PHONEBOOK_SECRET_KEY")
        if (key !== "") assert.notInclude(message, key)
      }
    }),
  )
})

describe("a stored secret", () => {
  it.effect("is not readable in the file, nor under another token", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file)
      assert.notInclude(readFileSync(file, "latin1"), Redacted.value(SECRET))
      const exit = yield* Effect.gen(function* () {
        const { writer } = yield* Database
        writer.sqlite.prepare("UPDATE credentials SET token = ?").run(token("b"))
        return yield* Effect.exit(CredentialRepository.use((credentials) => credentials.find(token("b"))))
      }).pipe(Effect.provide(open(file)))
      assert.strictEqual(exit._tag, "Failure")
    }),
  )

  it.effect("of a revoked credential is not found, but still binds the key", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* plant(file, HEX)
      yield* Effect.map(Database, ({ writer }) => writer.sqlite.exec("UPDATE credentials SET revoked_at = 1")).pipe(
        Effect.provide(open(file, HEX)),
      )
      assert.isNull(yield* secretIn(file, HEX))
      assert.include((yield* Effect.flip(secretIn(file, OTHER_HEX))).message, "is not the key")
    }),
  )
})
