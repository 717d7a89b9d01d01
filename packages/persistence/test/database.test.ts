import { execFile } from "node:child_process"
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { ClientId, ClientRepository, UnitOfWork } from "@phonebook/domain"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"
import { Database, layer, plantClient, type StoreFigures } from "../src/index.ts"
import { fileLayer, givenClient, insertAccount, insertClient, insertPhoneNumber, temporaryFile } from "./fixtures.ts"

/** Why a layer on this file is refused. */
const refusalOf = (file: string) => Effect.flip(Effect.provide(Effect.void, layer({ file })))

const openAndClose = (file: string) => Effect.provide(Effect.void, layer({ file }))

describe("both connections", () => {
  it.effect("have every pragma they need, also on a file that was in WAL mode before", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* openAndClose(file)
      const pragmas = Effect.map(Database, ({ reader, writer }) =>
        [writer, reader].map(({ sqlite }) =>
          ["journal_mode", "synchronous", "foreign_keys", "secure_delete", "busy_timeout", "temp_store"].map((name) =>
            sqlite.pragma(name, { simple: true }),
          ),
        ),
      )
      const expected = (synchronous: number, temporaries: number) => ["wal", synchronous, 1, 1, 5, temporaries]
      // The writer is at NORMAL: group commit itself brings the log to the disk before it answers.
      assert.deepEqual(yield* Effect.provide(pragmas, layer({ file })), [expected(1, 2), expected(2, 0)])
    }),
  )

  it.effect("are two, and the one for reading cannot write", () =>
    Effect.gen(function* () {
      const { reader } = yield* Database
      assert.throws(() => reader.sqlite.exec("DELETE FROM clients"), /readonly/u)
    }).pipe(Effect.provide(fileLayer())),
  )
})

describe("a file", () => {
  it.effect("that a link leads to has its log where it lies itself, and that log is the one that is synced", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* openAndClose(file)
      const link = `${file}.link`
      symlinkSync(file, link)
      const walBytes = yield* Effect.gen(function* () {
        let figures = (): StoreFigures => assert.fail("not given")
        const observe = { committed: () => {}, watch: (given: () => StoreFigures) => void (figures = given) }
        const write = Effect.flatMap(UnitOfWork, ({ run }) => run(givenClient))
        const measured = Effect.andThen(write, () => Effect.succeed(figures().walBytes))
        return yield* Effect.provide(measured, layer({ file: link, observe }))
      })
      assert.isAbove(walBytes, 0)
      assert.isFalse(existsSync(`${link}-wal`))
    }),
  )

  it.effect("whose log a former process left behind has all of it before anything builds on that", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      yield* openAndClose(file)
      const copy = `${file}.copy`
      // What a killed process leaves: nobody knows which of its frames are on the disk.
      const former = new Sqlite(file)
      former.pragma("wal_autocheckpoint = 0")
      former.exec("INSERT INTO settings (name, value) VALUES ('former', '1')")
      copyFileSync(file, copy)
      copyFileSync(`${file}-wal`, `${copy}-wal`)
      former.close()
      assert.isAbove(statSync(`${copy}-wal`).size, 0)

      const withoutLog = Effect.sync(() => {
        const alone = `${file}.alone`
        copyFileSync(copy, alone)
        const sqlite = new Sqlite(alone, { readonly: true })
        const value = sqlite.prepare("SELECT value FROM settings WHERE name = 'former'").pluck().get()
        sqlite.close()
        return value
      })
      assert.strictEqual(yield* Effect.provide(withoutLog, layer({ file: copy })), "1")
    }),
  )

  it.effect("is made, for its owner alone, with the folders above it", () =>
    Effect.gen(function* () {
      const file = join(dirname(yield* temporaryFile), "one", "two", "phonebook.db")
      const modes = Effect.map(Database, () => [file, `${file}-wal`].map((path) => statSync(path).mode & 0o777))
      assert.deepEqual(yield* Effect.provide(modes, layer({ file })), [0o600, 0o600])
    }),
  )

  it.effect("that is no database is refused by name", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      writeFileSync(file, "Dear diary, ".repeat(100))
      const refusal = yield* refusalOf(file)
      assert.strictEqual(refusal.message, `Cannot use the database ${file}: file is not a database`)
    }),
  )

  it.effect("that is a folder, or stands under a file, is refused", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      mkdirSync(file)
      assert.strictEqual((yield* refusalOf(file)).message, `Cannot use the database ${file}: it is a folder`)
      writeFileSync(join(file, "diary"), "")
      const { reason } = yield* refusalOf(join(file, "diary", "phonebook.db"))
      assert.strictEqual(reason, "what should be its folder is a file")
    }),
  )

  it.effect("with the tables of another program is refused and left alone", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      const other = new Sqlite(file)
      other.exec("CREATE TABLE songs (title TEXT)")
      other.close()
      const before = readFileSync(file)
      assert.include((yield* refusalOf(file)).reason, "another program")
      assert.isTrue(readFileSync(file).equals(before))
    }),
  )

  it.effect("that a link leads to is made there, for its owner alone, and so is its lock", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      const folder = dirname(file)
      const target = join(folder, "deep", "volume", "real.db")
      // A link to a link, which leads on from where its folder really is.
      mkdirSync(join(folder, "deep", "links"), { recursive: true })
      symlinkSync(join("deep", "links"), join(folder, "links"))
      symlinkSync(join("..", "volume", "real.db"), join(folder, "links", "real.db"))
      symlinkSync(join("links", "real.db"), file)
      yield* openAndClose(file)
      assert.strictEqual(statSync(target).mode & 0o777, 0o600)
      assert.deepEqual(readdirSync(dirname(target)).toSorted(), ["real.db", "real.db.lock"])
    }),
  )

  it.live("opened by two processes at once is migrated once, with one key", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      const index = new URL("../src/index.ts", import.meta.url).href
      const program = `
        import { Effect } from "effect"
        import { layer } from ${JSON.stringify(index)}
        await Effect.runPromise(Effect.provide(Effect.void, layer({ file: ${JSON.stringify(file)} })))
      `
      const cwd = dirname(import.meta.dirname)
      const node = () => promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], { cwd })
      yield* Effect.promise(() => Promise.all([node(), node()]))
      yield* openAndClose(file)
      const database = new Sqlite(file)
      assert.deepEqual(database.prepare("SELECT id FROM migrations").pluck().all(), [1, 2])
      database.close()
    }),
  )
})

describe("ids", () => {
  it.effect("are not used again after the last was deleted and the database reopened", () =>
    Effect.gen(function* () {
      const file = yield* temporaryFile
      const [client, number] = yield* Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const { writer } = yield* Database
        const { id } = yield* run(givenClient)
        const [inserted] = yield* run(insertPhoneNumber(id))
        writer.sqlite.exec("DELETE FROM phone_numbers; DELETE FROM clients")
        return [id, inserted!.id] as const
      }).pipe(Effect.provide(layer({ file })))
      yield* Effect.gen(function* () {
        const { run } = yield* UnitOfWork
        const next = yield* run(insertClient(yield* run(insertAccount("b"))))
        const [inserted] = yield* run(insertPhoneNumber(next.id))
        assert.isAbove(next.id, client)
        assert.isAbove(inserted!.id, number)
      }).pipe(Effect.provide(layer({ file })))
    }),
  )
})

describe("plantClient", () => {
  it.effect("stores a client under the id given; later ones come after it; planted again it stays", () =>
    Effect.gen(function* () {
      const { read, run } = yield* UnitOfWork
      const accountId = yield* run(insertAccount())
      const id = ClientId.make(168019)
      yield* plantClient(accountId, { id, name: "Ada Lovelace", updatedAt: 1000 })
      yield* plantClient(accountId, { id, name: "Charles Babbage", updatedAt: 2000 })
      const found = yield* read(ClientRepository.use((clients) => clients.find(accountId, id)))
      assert.deepEqual(found, { id, name: "Ada Lovelace", updatedAt: 1000, version: 1 })
      assert.strictEqual((yield* run(insertClient(accountId))).id, 168020)
    }).pipe(Effect.provide(fileLayer())),
  )
})
