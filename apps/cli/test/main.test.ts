import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "vitest"
import { first, newFolder, phonebook, startServer } from "./process.ts"

const AMY = {
  clients: [{ name: "Amy Unmistakable", phone_numbers: [{ label: "her label", number: "541-555-0123" }] }],
}

// Some ten processes a test: what is seconds on a free machine may be minutes on a busy one.
describe("beside a running server", { timeout: 300_000 }, () => {
  it("makes credentials that work at once, lists them without secrets, and revokes them at once", async () => {
    const file = join(newFolder(), "phonebook.db")
    const server = await startServer(file)
    assert.strictEqual((await server.send("/v9/clients", first, AMY)).status, 201)

    const [created, added, doctor] = await Promise.all([
      phonebook(file, "credentials", "create"),
      phonebook(file, "credentials", "create", "--account", "1", "--json"),
      phonebook(file, "doctor"),
    ])
    assert.strictEqual(created.code, 0, created.stderr)
    const [, token = "", secret = ""] = /token {3}([A-Za-z0-9]{32})\n {2}secret {2}([!-~]{40})\n$/u.exec(
      created.stdout,
    )!
    const theirs = { token, secret }
    assert.strictEqual((await server.send("/v9/clients/1", theirs)).status, 404)
    assert.strictEqual((await server.send("/v9/clients/1", JSON.parse(added.stdout))).status, 200)
    assert.match(doctor.stdout, /^\S+ is sound: /u)

    const [list, revoked] = await Promise.all([
      phonebook(file, "credentials", "list"),
      phonebook(file, "credentials", "revoke", token),
    ])
    assert.match(list.stdout, new RegExp(`${token} {2}account \\d {2}created 2`, "u"))
    assert.notInclude(list.stdout, secret)
    assert.strictEqual(revoked.code, 0)
    assert.strictEqual((await server.send("/v9/clients/1", theirs)).status, 401)
  })

  it("backs up and erases, and restores only once it has stopped", async () => {
    const folder = newFolder()
    const file = join(folder, "phonebook.db")
    const copy = join(folder, "copy.db")
    const server = await startServer(file)
    assert.strictEqual((await server.send("/v9/clients", first, AMY)).status, 201)

    const [backup, unconfirmed] = await Promise.all([
      phonebook(file, "backup", copy, "--json"),
      phonebook(file, "clients", "erase", "1"),
    ])
    assert.deepEqual(JSON.parse(backup.stdout), {
      database: file,
      backup: copy,
      bytes: statSync(copy).size,
      accounts: 1,
      credentials: 1,
      clients: 1,
      phone_numbers: 1,
      key: `${file}.key`,
      findings: [],
    })
    assert.deepEqual([unconfirmed.code, unconfirmed.stdout], [1, ""])
    assert.include(unconfirmed.stderr, "Nothing was erased")

    const [erased, refused] = await Promise.all([
      phonebook(file, "clients", "erase", "1", "--yes", "--json"),
      phonebook(file, "restore", copy),
    ])
    assert.deepEqual(JSON.parse(erased.stdout), { client_id: 1, phone_numbers: 1, erased: true })
    assert.strictEqual((await server.send("/v9/clients/1", first)).status, 404)
    const bytes = [file, `${file}-wal`].map((path) => readFileSync(path, "latin1")).join("")
    assert.notMatch(bytes, /Amy Unmistakable|her label|541-?555/u)
    assert.include(refused.stderr, `${file} is in use: stop the server`)

    await server.stop()
    const restored = await phonebook(file, "restore", copy)
    assert.strictEqual(restored.code, 0, restored.stderr)
    assert.match(restored.stdout, /kept as \S+\.replaced-\d{8}T\d{6}Z\n/u)
    const again = await startServer(file)
    assert.strictEqual((await again.send("/v9/clients/1", first)).body.name, "Amy Unmistakable")
    const { body } = await again.send("/v9/clients", first, AMY)
    assert.deepEqual(
      (body.clients as Array<{ id: number }>).map(({ id }) => id),
      [2],
    )
  })
})

describe("what an operator can mend", () => {
  it("is said in a sentence, with an exit code, in JSON too, and makes no database", async () => {
    const folder = newFolder()
    const file = join(folder, "phonebook.db")
    const diary = join(folder, "diary")
    writeFileSync(diary, "Dear diary, ".repeat(100))
    const cases: ReadonlyArray<readonly [args: ReadonlyArray<string>, code: number, words: string]> = [
      [["credentials", "create"], 1, `There is no database at ${file}`],
      [["--database", diary, "doctor"], 1, `${diary} is no database, or damaged: file is not a database`],
      [["restore", diary], 1, `${diary} is no database, or damaged: file is not a database`],
      [["clients", "erase", "one"], 2, 'Invalid value for argument <id>: "one"'],
      [["bakup"], 2, "Did you mean this?\n    backup"],
      [[], 2, "Which command?"],
    ]
    await Promise.all(
      cases.map(async ([args, code, words], index) => {
        const json = index % 2 === 0
        const ran = await phonebook(file, ...args, ...(json ? ["--json"] : []))
        assert.strictEqual(ran.code, code, words)
        assert.include(json ? JSON.parse(ran.stdout).message : ran.stderr, words)
        assert.strictEqual(json ? ran.stderr : ran.stdout, "")
        assert.notMatch(ran.stderr, /\n +at /u)
      }),
    )
    assert.deepEqual(readdirSync(folder).toSorted(), ["diary", "phonebook.db.lock"])
  })
})

describe("--help", () => {
  it("teaches: what a command does, an example, the exit codes", async () => {
    const file = join(newFolder(), "phonebook.db")
    const [all, one] = await Promise.all([phonebook(file, "--help"), phonebook(file, "restore", "--help")])
    assert.match(all.stdout, /credentials {2,}.*\n.*clients {2,}.*\n.*backup {2,}.*\n.*restore {2,}.*\n.*doctor {2,}/u)
    assert.include(all.stdout, "Exit codes: 0 done; 1 refused")
    assert.include(one.stdout, "phonebook restore /backups/")
    assert.deepEqual([all.code, one.code, existsSync(file)], [0, 0, false])
  })
})
