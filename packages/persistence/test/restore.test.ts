import { spawn } from "node:child_process"
import { once } from "node:events"
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import Sqlite from "better-sqlite3"
import { Effect, Redacted } from "effect"
import { lockShared, whileUnused } from "../src/database-lock.ts"
import { backup, doctor, layer, restore } from "../src/index.ts"
import { addPhoneNumber, ask, crash, givenDatabase, tamper } from "./maintenance.ts"

const NOW = new Date("2026-11-23T22:56:33.123Z")

const restoreTo = (file: string, from: string) => restore({ file, from, secretKey: undefined, now: NOW })

const why = (file: string, from: string) => Effect.map(Effect.flip(restoreTo(file, from)), ({ message }) => message)

const numbersIn = (file: string) => ask(file, "SELECT count(*) FROM phone_numbers")

/** A database with two phone numbers, a backup of that, and a third number since. */
const givenBackup = Effect.gen(function* () {
  const given = yield* givenDatabase
  const from = join(given.folder, "backup.db")
  yield* backup({ file: given.file, to: from, secretKey: undefined })
  assert.strictEqual(yield* addPhoneNumber(given.file, given.clientId), 3)
  return { ...given, from }
})

const expectSound = Effect.fnUntraced(function* (file: string) {
  assert.deepEqual((yield* doctor({ file, secretKey: undefined })).findings, [])
})

describe("restore", () => {
  it.effect("brings back what was there, keeps what it replaced, and gives no id again", () =>
    Effect.gen(function* () {
      const { file, from, folder, clientId } = yield* givenBackup
      // Known to the sequence alone.
      tamper(file, "DELETE FROM phone_numbers WHERE id = 3; UPDATE clients SET phone_number_count = 2")
      const backedUp = readFileSync(from)
      const replaced = `${file}.replaced-20261123T225633123Z`
      const counts = { accounts: 1, credentials: 1, clients: 1, phoneNumbers: 2 }
      assert.deepEqual(yield* restoreTo(file, from), { file, from, replaced, skippedIds: 0, counts })
      yield* expectSound(file)
      assert.deepEqual(readFileSync(from), backedUp)
      assert.strictEqual(yield* addPhoneNumber(file, clientId), 4)
      assert.strictEqual(ask(replaced, "SELECT seq FROM sqlite_sequence WHERE name = 'phone_numbers'"), 3)
      assert.deepEqual(
        readdirSync(folder).filter((name) => /restoring|-wal|-shm|-journal/u.test(name)),
        [],
      )
    }),
  )

  it.effect("keeps a replaced database whole, the commits that were only in its log too", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      const { crashed } = yield* crash(file)
      const { replaced } = yield* restoreTo(crashed, from)
      assert.strictEqual(numbersIn(crashed), 2)
      assert.strictEqual(numbersIn(replaced!), 4)
    }),
  )

  it.effect("gives no version again, so that no ETag of a lost time matches; a second time neither", () =>
    Effect.gen(function* () {
      const { file, from, clientId } = yield* givenBackup
      const versions = () =>
        ["clients", "phone_numbers"].map((table) =>
          ["min", "max"].map((which) => Number(ask(file, `SELECT ${which}(version) FROM ${table} WHERE id <= 2`))),
        )
      for (const now of [NOW, new Date(NOW.getTime() + 60_000)]) {
        yield* addPhoneNumber(file, clientId)
        const given = versions()
        yield* restore({ file, from, secretKey: undefined, now })
        for (const [table, [lowest]] of versions().entries()) assert.isAbove(lowest!, given[table]![1]!)
        yield* expectSound(file)
      }
    }),
  )

  it.effect("skips a million ids of each kind where there was no database, and makes its folder", () =>
    Effect.gen(function* () {
      const { file, from, folder, clientId } = yield* givenBackup
      const other = join(folder, "new", "phonebook.db")
      mkdirSync(dirname(other))
      copyFileSync(`${file}.key`, `${other}.key`)
      const { replaced, skippedIds } = yield* restoreTo(other, from)
      assert.deepEqual({ replaced, skippedIds }, { replaced: null, skippedIds: 1_000_000 })
      yield* expectSound(other)
      assert.strictEqual(yield* addPhoneNumber(other, clientId), 1_000_003)
    }),
  )

  it.effect("skips as many over a database that did not come of the backup", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      // What a server makes that starts without its volume: the same token, a day later.
      tamper(file, "UPDATE credentials SET created_at = created_at + 86400")
      assert.strictEqual((yield* restoreTo(file, from)).skippedIds, 1_000_000)
    }),
  )

  it.effect.each(["phone_numbers", "credentials"])(
    "skips as many over a database that has lost its table %s",
    (table) =>
      Effect.gen(function* () {
        const { file, from, clientId } = yield* givenBackup
        tamper(file, `PRAGMA foreign_keys = OFF; DROP TABLE ${table}`)
        assert.strictEqual((yield* restoreTo(file, from)).skippedIds, 1_000_000)
        assert.isAbove(yield* addPhoneNumber(file, clientId), 1_000_000)
      }),
  )

  it.effect("gives no version again where the clock has been set back since", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      tamper(file, `UPDATE clients SET version = ${NOW.getTime() + 3_600_000}`)
      yield* restoreTo(file, from)
      assert.isAbove(ask(file, "SELECT max(version) FROM clients") as number, NOW.getTime() + 3_600_000)
    }),
  )

  it.effect("skips as many over a database that cannot be read, and keeps that", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      writeFileSync(file, "Dear diary, ".repeat(1000))
      writeFileSync(`${file}-wal`, "of former days")
      const { replaced, skippedIds } = yield* restoreTo(file, from)
      assert.strictEqual(skippedIds, 1_000_000)
      assert.include(readFileSync(replaced!, "utf8"), "Dear diary")
      assert.isFalse(existsSync(`${file}-wal`))
      yield* expectSound(file)
    }),
  )

  it.effect("through a link replaces what the link leads to, with its permissions", () =>
    Effect.gen(function* () {
      const { file, from, folder } = yield* givenBackup
      const link = join(folder, "link.db")
      symlinkSync(file, link)
      renameSync(`${file}.key`, `${link}.key`)
      const { mode } = statSync(file)
      yield* restoreTo(link, from)
      assert.isTrue(lstatSync(link).isSymbolicLink())
      assert.strictEqual(numbersIn(file), 2)
      assert.strictEqual(statSync(file).mode, mode)
    }),
  )
})

const root = process.getuid?.() === 0

describe("restore is refused, and changes nothing,", () => {
  it.effect.skipIf(root)(`while it could keep nobody out${root ? ": root may write to every file" : ""}`, () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      chmodSync(`${file}.lock`, 0o444)
      assert.include(yield* why(file, from), `permission denied, access '${file}.lock'`)
      assert.strictEqual(numbersIn(file), 3)
    }),
  )

  it.effect("while a process has the database open, idle too", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      assert.include(yield* Effect.provide(why(file, from), layer({ file })), "is in use: stop the server")
      const shell = new Sqlite(file)
      shell.pragma("journal_mode")
      shell.prepare("SELECT count(*) FROM clients").get()
      assert.include(yield* why(file, from), `Another process has ${file} open`)
      shell.close()
      assert.strictEqual(numbersIn(file), 3)
      yield* restoreTo(file, from)
    }),
  )

  it.effect("for anything but a backup", () =>
    Effect.gen(function* () {
      const { file, from, folder } = yield* givenBackup
      const other = join(folder, "other.db")
      assert.include(yield* why(file, other), "There is no database at")
      writeFileSync(other, "Dear diary, ".repeat(100))
      assert.include(yield* why(file, other), "is no database, or damaged")
      writeFileSync(other, "")
      assert.include(yield* why(file, other), "is not a database of Phonebook")
      tamper(other, "CREATE TABLE songs (title TEXT)")
      assert.include(yield* why(file, other), "is not a database of Phonebook")
      assert.include(yield* why(other, from), "key of its stored secrets is missing")
      copyFileSync(`${file}.key`, `${other}.key`)
      assert.include(yield* why(other, from), `${other} is not a database of Phonebook`)
      assert.include(yield* why(file, file), "is the database itself")
      tamper(from, "UPDATE phone_numbers SET client_id = 9")
      assert.include(yield* why(file, from), `${from} is damaged`)
      tamper(from, "DROP TABLE credentials")
      assert.include(yield* why(file, from), "credentials is missing")
      tamper(from, "INSERT INTO migrations (hash, applied_at) VALUES ('of tomorrow', 1)")
      assert.include(yield* why(file, from), "newer version")
      assert.strictEqual(numbersIn(file), 3)
      assert.notMatch(readdirSync(folder).join(" "), /restoring|replaced/u)
    }),
  )

  it.effect("beside the log of a database that is gone, which SQLite would write over the restored one", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      const { crashed } = yield* crash(file)
      rmSync(crashed)
      const files = readdirSync(dirname(crashed))
      assert.include(files, "phonebook.db-wal")
      assert.include(yield* why(crashed, from), `${crashed}-wal is left of a database that is gone`)
      assert.sameMembers(readdirSync(dirname(crashed)), files)
      renameSync(`${crashed}-wal`, `${crashed}-journal`)
      assert.include(yield* why(crashed, from), `${crashed}-journal is left of a database that is gone`)
      rmSync(`${crashed}-journal`)
      yield* restoreTo(crashed, from)
      yield* expectSound(crashed)
      assert.strictEqual(numbersIn(crashed), 2)
    }),
  )

  it.effect("without the key of the backup", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      const secretKey = Redacted.make("0".repeat(64))
      const { message } = yield* Effect.flip(restore({ file, from, secretKey, now: NOW }))
      assert.strictEqual(
        message,
        `Cannot restore ${from}: PHONEBOOK_SECRET_KEY is not the key its stored secrets were encrypted with`,
      )
      rmSync(`${file}.key`)
      assert.include(yield* why(file, from), `put ${file}.key back`)
      assert.strictEqual(numbersIn(file), 3)
    }),
  )
})

describe("a database that is being replaced", () => {
  it.effect("cannot be opened by a server until that is over", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      yield* whileUnused(file, "test", () => assert.throws(() => lockShared(file), /locked/u))
      lockShared(file).close()
    }),
  )

  // The calls that make a change of names, or make it last: restore is killed before each of them in turn.
  const CALLS = 8

  it.live("by a process that is killed is the former or the restored one, and can be restored", () =>
    Effect.gen(function* () {
      const { file, from } = yield* givenBackup
      const killed = Effect.fnUntraced(function* (call: number) {
        const { crashed } = yield* crash(file)
        const script = join(import.meta.dirname, "restore-until.ts")
        const child = spawn(process.execPath, [script, crashed, from, String(call)], { stdio: "inherit" })
        const [code, signal] = yield* Effect.promise(() => once(child, "exit"))
        assert.deepEqual([code, signal], call < CALLS ? [null, "SIGKILL"] : [0, null])
        const phoneNumbers = numbersIn(crashed)
        yield* expectSound(crashed)
        yield* restoreTo(crashed, from)
        yield* expectSound(crashed)
        assert.strictEqual(numbersIn(crashed), 2)
        return phoneNumbers
      })
      const found = yield* Effect.forEach(
        Array.from({ length: CALLS + 1 }, (_, call) => call),
        killed,
        { concurrency: 3 },
      )
      // The seventh call is the one that puts the restored database in its place.
      assert.deepEqual(found, [4, 4, 4, 4, 4, 4, 4, 2, 2])
    }).pipe(Effect.scoped),
  )
})
