import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { assert, describe, it } from "vitest"
import { first, newFolder, phonebook, startServer, unheard } from "./process.ts"

const AMY = {
  clients: [{ name: "Amy Unmistakable", phone_numbers: [{ label: "her label", number: "541-555-0123" }] }],
}

/** A database with one client, which no process uses. */
const stoppedDatabase = async (folder: string): Promise<string> => {
  const file = join(folder, "phonebook.db")
  const server = await startServer(file)
  assert.strictEqual((await server.send("/v9/clients", first, AMY)).status, 201)
  await server.stop()
  return file
}

/** Overwrites the page in which a table begins. */
const damageTable = (file: string, table: string): void => {
  const database = new DatabaseSync(file)
  const { page, size } = database
    .prepare("SELECT rootpage AS page, page_size AS size FROM sqlite_schema, pragma_page_size WHERE name = ?")
    .get(table) as { readonly page: number; readonly size: number }
  database.close()
  const descriptor = openSync(file, "r+")
  writeSync(descriptor, Buffer.alloc(size, 0x77), 0, size, (page - 1) * size)
  closeSync(descriptor)
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

    const list = await phonebook(file, "credentials", "list")
    assert.match(list.stdout, new RegExp(`${token} {2}account \\d {2}created 2`, "u"))
    assert.notInclude(list.stdout, secret)

    // In use until the moment it is revoked, so that a server that remembers it has just remembered it.
    const ended: Array<string> = []
    const revoking = phonebook(file, "credentials", "revoke", token)
    void revoking.then(({ stdout }) => ended.push(stdout))
    let { status } = await server.send("/v9/clients/1", theirs)
    assert.strictEqual(status, 404)
    while (ended.length === 0) ({ status } = await server.send("/v9/clients/1", theirs))
    assert.strictEqual((await revoking).code, 0)
    const second = performance.now() + 1000
    while (status !== 401 && performance.now() < second) ({ status } = await server.send("/v9/clients/1", theirs))
    assert.strictEqual((await server.send("/v9/clients/1", theirs)).status, 401)

    const [twice, unknown, listed] = await Promise.all([
      phonebook(file, "credentials", "revoke", token, "--json"),
      phonebook(file, "credentials", "revoke", "z".repeat(32), "--json"),
      phonebook(file, "credentials", "list", "--json"),
    ])
    assert.deepEqual([twice.code, JSON.parse(twice.stdout)], [0, { token, revoked: true }])
    assert.deepEqual(
      [unknown.code, JSON.parse(unknown.stdout)],
      [1, { error: "CredentialNotFound", message: `There is no credential ${"z".repeat(32)}` }],
    )
    const { credentials } = JSON.parse(listed.stdout) as { credentials: ReadonlyArray<Record<string, unknown>> }
    const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u
    assert.lengthOf(credentials, 3)
    for (const credential of credentials) {
      assert.deepEqual(Object.keys(credential), ["account_id", "token", "created_at", "revoked_at"])
      assert.match(String(credential.created_at), time)
      if (credential.token === token) assert.match(String(credential.revoked_at), time)
      else assert.isNull(credential.revoked_at)
    }
    assert.deepInclude(credentials[0], { account_id: 1, token: first.token })
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
    assert.match(restored.stdout, /kept as \S+\.replaced-\d{8}T\d{9}Z\n/u)
    const { replaced, ...document } = JSON.parse((await phonebook(file, "restore", copy, "--json")).stdout)
    assert.isTrue(existsSync(replaced))
    assert.deepEqual(document, {
      database: file,
      from: copy,
      skipped_ids: 0,
      accounts: 1,
      credentials: 1,
      clients: 1,
      phone_numbers: 1,
    })
    const again = await startServer(file)
    assert.strictEqual((await again.send("/v9/clients/1", first)).body.name, "Amy Unmistakable")
    const { body } = await again.send("/v9/clients", first, AMY)
    assert.deepEqual(
      (body.clients as Array<{ id: number }>).map(({ id }) => id),
      [2],
    )
  })
})

describe("findings", { timeout: 300_000 }, () => {
  it("of doctor and of a backup are lines, a document, and exit code 1", async () => {
    const folder = newFolder()
    const file = await stoppedDatabase(folder)
    const counts = { accounts: 1, credentials: 1, clients: 1, phone_numbers: 1 }
    const sound = await phonebook(file, "doctor", "--json")
    assert.deepEqual(
      [sound.code, JSON.parse(sound.stdout)],
      [0, { database: file, sound: true, ...counts, findings: [] }],
    )

    const database = new DatabaseSync(file)
    database.exec("UPDATE clients SET phone_number_count = 7")
    database.close()
    const detail = "client 1 counts 7 phone numbers and has 1"
    const [document, lines, backup] = await Promise.all([
      phonebook(file, "doctor", "--json"),
      phonebook(file, "doctor"),
      phonebook(file, "backup", join(folder, "copy.db")),
    ])
    assert.deepEqual(
      [document.code, JSON.parse(document.stdout)],
      [1, { database: file, sound: false, ...counts, findings: [{ check: "phone_number_count", detail }] }],
    )
    assert.strictEqual(lines.code, 1)
    assert.match(lines.stdout, new RegExp(`^\\S+ is not sound: .*\n {2}phone_number_count: ${detail}\n$`, "u"))
    assert.strictEqual(backup.code, 1)
    assert.deepEqual(backup.stdout.split("\n").slice(1), [
      `It has what the database has: phone_number_count: ${detail}`,
      `The key of its secrets is not in it: it is the file ${file}.key. Keep a copy of that elsewhere, apart from the backups`,
      "",
    ])
    assert.isTrue(existsSync(join(folder, "copy.db")))

    rmSync(`${file}.key`)
    const keyless = await phonebook(file, "backup", join(folder, "second.db"))
    assert.strictEqual(keyless.code, 1)
    assert.match(
      keyless.stdout,
      /\nThe key of its secrets is not in it, and is not at hand: the key of its stored secrets is missing: put \S+\.key back, .*\n$/u,
    )
  })
})

describe("an erasure", { timeout: 300_000 }, () => {
  it("of nobody is refused; one that a reader kept from its end is finished when it is asked for again", async () => {
    const file = await stoppedDatabase(newFolder())
    const reader = new DatabaseSync(file, { readOnly: true })
    reader.exec("BEGIN; SELECT count(*) FROM clients")
    const unknown = await phonebook(file, "clients", "erase", "9", "--yes", "--json")
    assert.deepEqual(
      [unknown.code, JSON.parse(unknown.stdout)],
      [1, { error: "ClientNotFound", message: "Couldn't find Client with ID=9" }],
    )
    const half = await phonebook(file, "clients", "erase", "1", "--yes")
    assert.deepEqual([half.code, half.stdout], [1, ""])
    assert.include(half.stderr, `Client 1 is erased, but ${file} keeps traces of it until you erase it once more`)
    const doctor = await phonebook(file, "doctor")
    assert.strictEqual(doctor.code, 1)
    assert.include(doctor.stdout, "phonebook clients erase 1 finishes it")
    reader.close()

    const whole = await phonebook(file, "clients", "erase", "1")
    assert.strictEqual(whole.code, 0, whole.stderr)
    assert.match(whole.stdout, /^Client 1 was erased before; now its traces are gone/u)
    assert.match(whole.stdout, /\nOlder copies still hold them: .*\.unfinished.*\.restoring\n$/u)
    assert.strictEqual((await phonebook(file, "doctor")).code, 0)
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

  it("is said of a page that the disk has damaged, and where to look", async () => {
    const file = await stoppedDatabase(newFolder())
    damageTable(file, "credentials")
    const { code, stderr } = await phonebook(file, "credentials", "list")
    assert.strictEqual(code, 1)
    assert.match(
      stderr,
      /^The database cannot be used: database disk image is malformed\. phonebook doctor says .+\n$/u,
    )
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

describe.skipIf(!existsSync("/dev/full"))("whose result nobody hears", () => {
  it("says in one line that it is lost, unless the reader has left", async () => {
    const file = await stoppedDatabase(newFolder())
    const lost = await unheard("full disk", file, "credentials", "create")
    assert.strictEqual(lost.code, 1)
    assert.match(lost.stderr, /^What came of the command could not be written: .+\n$/u)
    assert.deepEqual(await unheard("left pipe", file, "credentials", "list"), { code: 1, stderr: "" })
    assert.strictEqual((await unheard("full disk", file, "nonsense", "--json")).code, 2)
  })
})
