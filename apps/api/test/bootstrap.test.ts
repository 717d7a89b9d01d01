import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { CredentialRepository, isSecret, isToken, UnitOfWork } from "@phonebook/domain"
import { layer } from "@phonebook/persistence"
import { Effect, ManagedRuntime, Redacted } from "effect"
import { onTestFinished } from "vitest"
import { bootstrap } from "../src/bootstrap.ts"
import { demoCredential } from "../src/demo-credential.ts"
import { ada } from "./service.ts"

const database = ":memory:"
const given = { token: ada.token, secret: Redacted.make(ada.secret) }
const find = (token: string) => CredentialRepository.use((credentials) => credentials.find(token))
/** The path of a database in a folder of its own, which goes with the test. */
const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, "phonebook.db")
}
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

  it("makes one credential where two processes start at once on a new file", async () => {
    const file = newFile()
    const starting = bootstrap({ database: file, given: undefined, terminal: false })
    // Each with a store of its own: both look before either has written.
    const processes = [0, 1].map(() => ManagedRuntime.make(layer({ file })))
    onTestFinished(async () => void (await Promise.all(processes.map((runtime) => runtime.dispose()))))
    for (const runtime of processes) await runtime.context()
    const news = await Promise.all(processes.map((runtime) => runtime.runPromise(starting)))
    assert.deepEqual(
      news.map((lines) => lines.length).toSorted((a, b) => a - b),
      [0, 1],
    )
    const list = await processes[0]!.runPromise(
      UnitOfWork.use(({ read }) => read(CredentialRepository.use((credentials) => credentials.list))),
    )
    assert.lengthOf(list, 1)
    assert.include(readFileSync(`${file}.credential`, "utf8"), list[0]!.token)
  })

  it("puts the credential's file in the place of one that was left over, whoever could read that", async () => {
    const file = newFile()
    const path = `${file}.credential`
    writeFileSync(path, "left over", { mode: 0o644 })
    await Effect.runPromise(
      bootstrap({ database: file, given: undefined, terminal: false }).pipe(Effect.provide(layer({ file }))),
    )
    assert.strictEqual(statSync(path).mode & 0o777, 0o600)
    assert.match(readFileSync(path, "utf8"), /^PHONEBOOK_TOKEN=/u)
  })

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
