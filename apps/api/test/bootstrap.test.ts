import { existsSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { CredentialRepository, isSecret, isToken, UnitOfWork } from "@phonebook/domain"
import { layer } from "@phonebook/persistence"
import { Effect, Redacted } from "effect"
import { bootstrap, demoCredential } from "../src/bootstrap.ts"
import { ada } from "./service.ts"

const database = ":memory:"
const given = { token: ada.token, secret: Redacted.make(ada.secret) }
const find = (token: string) => CredentialRepository.use((credentials) => credentials.find(token))
const store = () => Effect.provide(layer({ file: database }))

// Without a terminal the credential goes to a file: see main.test.ts.
describe("bootstrap", () => {
  it.effect("shows a person a random credential, once", () =>
    Effect.gen(function* () {
      const lines = yield* bootstrap({ database, given: undefined, terminal: true })
      const [, token, secret] = /token +(\S+)\n +secret +(\S+)$/u.exec(lines.join("\n"))!
      assert.isTrue(isToken(token!) && isSecret(secret!))
      const credential = yield* find(token!)
      assert.strictEqual(Redacted.value(credential!.secret), secret)
      assert.isFalse(existsSync(`${database}.credential`))
      assert.deepEqual(yield* bootstrap({ database, given: undefined, terminal: true }), [])
    }).pipe(store()),
  )

  it.effect("makes another credential each time", () =>
    Effect.gen(function* () {
      const make = bootstrap({ database, given: undefined, terminal: true })
      const [first, second] = [yield* make.pipe(store()), yield* make.pipe(store())]
      assert.notDeepEqual(first, second)
    }),
  )

  it.effect("takes the one that is given, and does not show it", () =>
    Effect.gen(function* () {
      const lines = yield* bootstrap({ database, given, terminal: true })
      assert.notInclude(lines.join("\n"), ada.secret)
      assert.strictEqual(Redacted.value((yield* find(ada.token))!.secret), ada.secret)
    }).pipe(store()),
  )

  it.effect("leaves a database that has a credential alone", () =>
    Effect.gen(function* () {
      yield* bootstrap({ database, given, terminal: false })
      const other = { token: "x".repeat(32), secret: Redacted.make("x".repeat(40)) }
      assert.deepEqual(yield* bootstrap({ database, given: other, terminal: false }), [])
      assert.isNull(yield* find(other.token))
    }).pipe(store()),
  )

  it.effect("refuses a database that holds the demo's credential, beside others too", () =>
    Effect.gen(function* () {
      yield* bootstrap({ database, given, terminal: false })
      const { run } = yield* UnitOfWork
      yield* run(CredentialRepository.use((credentials) => credentials.insert(demoCredential)))
      const { _tag, message } = yield* Effect.flip(bootstrap({ database, given, terminal: false }))
      assert.strictEqual(_tag, "DemoDatabase")
      assert.include(message, "PHONEBOOK_DATABASE")
    }).pipe(store()),
  )
})
