import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync, linkSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { backup, doctor } from "../src/index.ts"
import { ask, givenDatabase, tamper } from "./maintenance.ts"

const backUp = (file: string, to: string) => backup({ file, to, secretKey: undefined })

describe("a backup", () => {
  it.effect("is one private file with all the rows, and says where the key is", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const to = join(folder, "copy.db")
      const counts = { accounts: 1, credentials: 1, clients: 1, phoneNumbers: 2 }
      const made = yield* backUp(file, to)
      assert.deepEqual(made, { file, backup: to, bytes: statSync(to).size, counts, key: `${file}.key`, findings: [] })
      assert.strictEqual(statSync(to).mode & 0o777, 0o600)
      assert.isFalse(existsSync(`${to}.unfinished`))
    }),
  )

  it.live("made while another process writes is consistent, and keeps it from nothing", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const writer = spawn(process.execPath, [join(import.meta.dirname, "write-on.ts"), file], {
        cwd: dirname(import.meta.dirname),
        stdio: ["ignore", "pipe", "inherit"],
      })
      yield* Effect.addFinalizer(() => Effect.sync(() => void writer.kill("SIGKILL")))
      const copies = [1, 2, 3].map((number) => join(folder, `copy-${number}.db`))
      for (const to of copies) {
        // Something was written since the last copy.
        yield* Effect.promise(() => once(writer.stdout, "data"))
        assert.deepEqual((yield* backUp(file, to)).findings, [])
      }
      writer.kill("SIGTERM")
      const [code] = yield* Effect.promise(() => once(writer, "exit"))
      assert.strictEqual(code, 0)
      const counts = [...copies, file].map((copy) => Number(ask(copy, "SELECT count(*) FROM phone_numbers")))
      assert.deepEqual(
        counts,
        counts.toSorted((one, other) => one - other),
      )
      assert.isAbove(counts[2]!, counts[0]!)
      assert.deepEqual((yield* doctor({ file, secretKey: undefined })).findings, [])
    }).pipe(Effect.scoped),
  )

  it.effect("of counters that are wrong is made, and tells so", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      tamper(file, "UPDATE clients SET phone_number_count = 7")
      const { findings } = yield* backUp(file, join(folder, "copy.db"))
      assert.deepEqual(
        findings.map(({ check }) => check),
        ["phone_number_count"],
      )
    }),
  )

  it.effect("made without the right key is made, and tells so", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const secretKey = Redacted.make("0".repeat(64))
      const { key, findings } = yield* backup({ file, to: join(folder, "copy.db"), secretKey })
      assert.strictEqual(key, "PHONEBOOK_SECRET_KEY")
      assert.deepEqual(findings, [
        { check: "key", detail: "PHONEBOOK_SECRET_KEY is not the key its stored secrets were encrypted with" },
      ])
      rmSync(`${file}.key`)
      const [missing] = (yield* backUp(file, join(folder, "second.db"))).findings
      assert.include(missing?.detail, `the key of its stored secrets is missing: put ${file}.key back`)
    }),
  )

  it.effect("of damage is none", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      tamper(file, "UPDATE phone_numbers SET client_id = 9")
      const { message } = yield* Effect.flip(backUp(file, join(folder, "copy.db")))
      assert.include(message, "The copy is damaged, so there is no backup: phone_numbers 1 refers to one of clients")
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith("copy")),
        [],
      )
      tamper(file, "UPDATE phone_numbers SET client_id = 1; DROP TABLE credentials")
      assert.include((yield* Effect.flip(backUp(file, join(folder, "copy.db")))).message, "credentials is missing")
    }),
  )
})

describe("a destination", () => {
  it.effect("that exists is left alone, and so is the database itself by any name", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const at = (name: string) => join(folder, name)
      writeFileSync(at("diary"), "Dear diary")
      symlinkSync(file, at("link"))
      linkSync(file, at("hard-link"))
      symlinkSync(folder, at("folder"))
      symlinkSync(at("nowhere"), at("dangling"))
      writeFileSync(at("killed.db.unfinished"), "")
      writeFileSync(at("lost.db-wal"), "")
      writeFileSync(at("older.db-journal"), "")
      const files = readdirSync(folder)
      const refusals: ReadonlyArray<readonly [to: string, words: string]> = [
        [at("diary"), "exists already"],
        [at("dangling"), "exists already"],
        [file, "is the database itself"],
        [at("link"), "is the database itself"],
        [at("hard-link"), "is the database itself"],
        [at("folder/phonebook.db"), "is the database itself"],
        [at("folder/phonebook.db-wal"), "belongs to the database"],
        [`${file}-journal`, "belongs to the database"],
        [`${file}.restoring`, "belongs to the database"],
        [at("lost.db"), "lost.db-wal is left of another database"],
        [at("older.db"), "older.db-journal is left of another database"],
        [at("none/copy.db"), "there is no folder"],
        [at("killed.db"), "another backup is being made, or one was killed"],
      ]
      for (const [to, words] of refusals) assert.include((yield* Effect.flip(backUp(file, to))).message, words)
      assert.deepEqual(readdirSync(folder), files)
      assert.strictEqual(ask(file, "SELECT count(*) FROM phone_numbers"), 2)
    }),
  )

  it.effect("on a full disk is refused, and nothing is left behind", () =>
    Effect.gen(function* () {
      const { file, folder } = yield* givenDatabase
      const to = join(folder, "copy.db")
      const program = `
        import { Effect } from "effect"
        import { backup } from ${JSON.stringify(new URL("../src/index.ts", import.meta.url).href)}
        const options = { file: ${JSON.stringify(file)}, to: ${JSON.stringify(to)}, secretKey: undefined }
        process.stdout.write((await Effect.runPromise(Effect.flip(backup(options)))).message)
      `
      // A limit on the size of files, which needs no disk of its own.
      const limited = spawn(
        "sh",
        ["-c", 'ulimit -f 16; exec "$0" --input-type=module --eval "$1"', process.execPath, program],
        { cwd: dirname(import.meta.dirname), stdio: ["ignore", "pipe", "inherit"] },
      )
      const [said] = yield* Effect.promise(() => once(limited.stdout, "data"))
      assert.include(String(said), `Cannot make the backup ${to}: `)
      yield* Effect.promise(() => once(limited, "close"))
      assert.deepEqual(
        readdirSync(folder).filter((name) => name.startsWith("copy")),
        [],
      )
      rmSync(file)
      assert.include((yield* Effect.flip(backUp(file, to))).message, "There is no database")
    }),
  )
})
