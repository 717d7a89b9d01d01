import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { chmodSync, copyFileSync, existsSync, readdirSync, statSync, writeFileSync } from "node:fs"
import { dirname } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"
import { layer, restore } from "../src/index.ts"
import { distrustIndex } from "../src/failed-sync.ts"
import { settleFormerLog } from "../src/former-log.ts"
import { ask, givenDatabase } from "./maintenance.ts"

/** A process that has moved one of two commits out of its log, locks everybody out, and says so. */
const FAILED = `
  const Sqlite = require("better-sqlite3")
  const sqlite = new Sqlite(process.argv[1])
  const reader = new Sqlite(process.argv[1], { readonly: true })
  sqlite.pragma("wal_autocheckpoint = 0")
  sqlite.exec("INSERT INTO settings (name, value) VALUES ('first', '1')")
  reader.exec("BEGIN; SELECT count(*) FROM settings")
  sqlite.exec("INSERT INTO accounts (created_at) VALUES (2)")
  const [{ log, checkpointed }] = sqlite.pragma("wal_checkpoint(PASSIVE)")
  if (checkpointed === 0 || checkpointed === log) throw new Error("not one of two was moved")
  sqlite.exec("BEGIN IMMEDIATE")
  console.log("ready")
  setInterval(() => {}, 1000)
`

describe("the log of a process whose sync has failed", () => {
  it.live("is moved whole by the next one, also where that has tried before the process ended", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      copyFileSync(file, `${file}.synced`)
      const former = spawn(process.execPath, ["--eval", FAILED, file], {
        cwd: import.meta.dirname,
        stdio: ["ignore", "pipe", "inherit"],
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => former.kill("SIGKILL")))
      yield* Effect.promise(() => once(former.stdout, "data"))
      // The machine forgets what no sync has confirmed. By another process: to close the file here would end locks of SQLite's.
      execFileSync("cp", [`${file}.synced`, file])

      assert.throws(() => settleFormerLog(file), /locked/u)
      const ended = once(former, "exit")
      former.kill("SIGKILL")
      yield* Effect.promise(() => ended)
      settleFormerLog(file)

      copyFileSync(file, `${file}.alone`)
      assert.strictEqual(ask(`${file}.alone`, "SELECT value FROM settings WHERE name = 'first'"), "1")
      assert.strictEqual(ask(`${file}.alone`, "SELECT count(*) FROM accounts"), 2)
      assert.strictEqual(ask(`${file}.alone`, "PRAGMA integrity_check"), "ok")
    }),
  )

  it.effect("is not moved beside one who has had the database open since the sync failed, but once that is over", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const [failed, holder] = [new Sqlite(file), new Sqlite(file, { readonly: true })]
      holder.prepare("SELECT count(*) FROM settings").get()
      failed.exec("INSERT INTO settings (name, value) VALUES ('first', '1')")
      failed.close()
      assert.isFalse(settleFormerLog(file))
      distrustIndex(file)
      assert.throws(() => settleFormerLog(file), /since a sync failed/u)
      assert.isAbove(statSync(`${file}-wal`).size, 0)
      holder.close()
      assert.isTrue(settleFormerLog(file))
      assert.isFalse(existsSync(`${file}-wal`))
      assert.deepEqual(
        readdirSync(dirname(file)).filter((name) => name.endsWith("index")),
        [],
      )
    }),
  )

  it.effect.skipIf(process.getuid?.() === 0)(
    "of a database that this user may only read is not touched (skipped as root, who may write all)",
    () =>
      Effect.gen(function* () {
        const { file } = yield* givenDatabase
        const holder = new Sqlite(file)
        holder.exec("INSERT INTO settings (name, value) VALUES ('first', '1')")
        chmodSync(file, 0o444)
        const { mtimeMs } = statSync(`${file}-wal`)
        assert.throws(() => settleFormerLog(file), /readonly/u)
        assert.strictEqual(statSync(`${file}-wal`).mtimeMs, mtimeMs)
        holder.close()
      }),
  )

  it.effect("is left alone where it is another program's", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const other = new Sqlite(`${file}.other`)
      other.pragma("journal_mode = WAL")
      other.exec("CREATE TABLE songs (title TEXT)")
      for (const suffix of ["", "-wal"]) copyFileSync(`${file}.other${suffix}`, `${file}.killed${suffix}`)
      other.close()
      const { size } = statSync(`${file}.killed-wal`)
      assert.isAbove(size, 0)
      copyFileSync(`${file}.key`, `${file}.killed.key`)
      const opened = yield* Effect.flip(Effect.provide(Effect.void, layer({ file: `${file}.killed` })))
      assert.include(opened.reason, "another program")
      const restored = yield* Effect.flip(
        restore({ file: `${file}.killed`, from: file, secretKey: undefined, now: new Date(0) }),
      )
      assert.include(restored.message, "is not a database of Phonebook")
      assert.strictEqual(statSync(`${file}.killed-wal`).size, size)
    }),
  )

  it.effect("without a frame is none, beside the journal of a transaction that was cut short", () =>
    Effect.gen(function* () {
      const { file } = yield* givenDatabase
      const cut = `${file}.cut`
      const sqlite = new Sqlite(file)
      sqlite.pragma("journal_mode = DELETE")
      // So small that what is not committed goes to the file.
      sqlite.pragma("cache_size = 1")
      sqlite.exec(`
        BEGIN;
        WITH n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO settings (name, value) SELECT 'cut short ' || i, '' FROM n`)
      for (const suffix of ["", "-journal"]) copyFileSync(`${file}${suffix}`, `${cut}${suffix}`)
      sqlite.close()
      writeFileSync(`${cut}-wal`, "")
      settleFormerLog(cut)
      const reader = new Sqlite(cut)
      assert.strictEqual(reader.prepare("SELECT count(*) FROM settings WHERE name LIKE 'cut short%'").pluck().get(), 0)
      assert.strictEqual(reader.pragma("integrity_check", { simple: true }), "ok")
      reader.close()
    }),
  )
})
