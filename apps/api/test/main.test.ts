import { spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, watch } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { fileURLToPath } from "node:url"
import { CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { layer } from "@phonebook/persistence"
import { Effect, Redacted } from "effect"
import { assert, describe, it, onTestFinished } from "vitest"
import { demoCredential } from "../src/demo-credential.ts"
import { ada, basic, type Caller } from "./service.ts"
import { clientsOf } from "./socket.ts"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

const adas = { PHONEBOOK_BOOTSTRAP_TOKEN: ada.token, PHONEBOOK_BOOTSTRAP_SECRET: ada.secret }

/** The path of a database in a folder of its own, which goes with the test. */
const newFile = () => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return join(folder, "phonebook.db")
}

/** Makes a database that holds a credential. */
const plant = (file: string, credential: typeof demoCredential) => {
  const insert = CredentialRepository.use((credentials) => credentials.insert(credential))
  return Effect.runPromise(UnitOfWork.use(({ run }) => run(insert)).pipe(Effect.provide(layer({ file }))))
}

/** Makes every start but the first a third faster. */
const NODE_COMPILE_CACHE = join(tmpdir(), "phonebook-compile-cache")

/** The service as a supervisor runs it, with this environment and no other. */
const launch = (environment: Record<string, string>) => {
  const child = spawn(process.execPath, [MAIN], {
    env: { PORT: "0", NODE_COMPILE_CACHE, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const said = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => (said[stream] += text))
  }
  const ended = once(child, "close")
  return {
    said,
    /** Settles once a stream has said this; rejects where the process ends before. */
    says: (stream: "stdout" | "stderr", words: RegExp) =>
      new Promise<RegExpExecArray>((resolve, reject) => {
        const listen = () => {
          const match = words.exec(said[stream])
          if (match !== null) resolve(match)
        }
        child[stream].on("data", listen)
        listen()
        void ended.then(() => reject(new Error(`It ended: ${said.stderr}`)))
      }),
    signal: (name: NodeJS.Signals) => void child.kill(name),
    /** The exit code, once everything it said was heard. */
    exit: async (): Promise<unknown> => (await ended)[0],
  }
}

/** The service, listening. */
const start = async (environment: Record<string, string>) => {
  const service = launch(environment)
  const [, url] = await service.says("stderr", /listens on (http:\S+:\d+)/u)
  const clients = clientsOf(url!)
  return { ...service, ...clients, url: url!, send: clients.sending() }
}
type Service = Awaited<ReturnType<typeof start>>

const stop = async ({ signal, exit }: Service) => {
  signal("SIGTERM")
  return exit()
}

const createClient = async ({ send }: Service, by: Caller = ada): Promise<string> => {
  const { status, body, text } = await send("POST", "/v9/clients", { clients: [{ name: "Ada Lovelace" }] }, { by })
  assert.strictEqual(status, 201, text)
  return `/v9${body.clients[0].url}`
}

/** What cannot be started: its exit code and the one line that it says. */
const failure = async (environment: Record<string, string>) => {
  const { exit, said } = launch(environment)
  const code = await exit()
  return { code, lines: said.stderr.trimEnd().split("\n"), stdout: said.stdout }
}

describe("main", () => {
  it("answers what is in flight after SIGTERM, exits 0, and leaves a whole database", async () => {
    const file = newFile()
    const service = await start({ PHONEBOOK_DATABASE: file, ...adas })
    assert.match(service.url, /^http:\/\/127\.0\.0\.1:\d+$/u)
    assert.include(service.said.stderr, "Basic authentication is on")
    assert.notInclude(service.said.stderr, ada.secret)
    const client = await createClient(service)
    const idle = await service.open()
    const request = await service.open()
    const body = JSON.stringify({ phone_numbers: [{ number: "504-555-0123" }] })
    const { authorization } = basic(ada)
    request.write(
      `POST ${client}/phone_numbers HTTP/1.1\r\nhost: h\r\nauthorization: ${authorization}\r\n` +
        `content-length: ${body.length}\r\nexpect: 100-continue\r\n\r\n`,
    )
    await request.hears("100 Continue")

    service.signal("SIGTERM")
    await service.says("stdout", /"draining"/u)
    request.write(body)
    assert.strictEqual((await request.answer()).status, 201)
    assert.strictEqual(await service.exit(), 0)
    assert.strictEqual(await idle.told(), "")

    const database = new DatabaseSync(file, { readOnly: true })
    const ask = (sql: string) => Object.values(database.prepare(sql).get() ?? {})
    assert.deepEqual(ask("PRAGMA integrity_check"), ["ok"])
    assert.deepEqual(ask("SELECT count(*) FROM phone_numbers"), [1])
    database.close()
  })

  it("finds its data and its credential when it is started again, and makes no other", async () => {
    const file = newFile()
    const first = await start({ PHONEBOOK_DATABASE: file, ...adas })
    const client = await createClient(first)
    first.signal("SIGINT")
    assert.strictEqual(await first.exit(), 0)

    const other = { PHONEBOOK_BOOTSTRAP_TOKEN: "x".repeat(32), PHONEBOOK_BOOTSTRAP_SECRET: "x".repeat(40) }
    const second = await start({ PHONEBOOK_DATABASE: file, ...other })
    assert.notInclude(second.said.stderr, "first credential")
    assert.strictEqual((await second.send("GET", client)).status, 200)
    const by = { token: other.PHONEBOOK_BOOTSTRAP_TOKEN, secret: other.PHONEBOOK_BOOTSTRAP_SECRET }
    assert.strictEqual((await second.send("GET", client, undefined, { by })).status, 401)
    assert.strictEqual(await stop(second), 0)
  })

  it("writes a random first credential where only its owner reads it, and prints the path", async () => {
    const file = newFile()
    const service = await start({ PHONEBOOK_DATABASE: file })
    assert.include(service.said.stderr, `${file}.credential`)
    assert.strictEqual(statSync(`${file}.credential`).mode & 0o777, 0o600)
    const written = readFileSync(`${file}.credential`, "utf8")
    const [, token, secret] = /^PHONEBOOK_TOKEN=([A-Za-z0-9]{32})\nPHONEBOOK_SECRET=(\S{40})\n$/u.exec(written)!
    await createClient(service, { token: token!, secret: secret! })
    assert.strictEqual(await stop(service), 0)
    for (const text of Object.values(service.said)) {
      assert.notInclude(text, token!)
      assert.notInclude(text, secret!)
    }
  })

  it("says that Basic is off where others can reach it, and refuses it; logs nothing where it is told so", async () => {
    const service = await start({ HOST: "0.0.0.0", LOG_LEVEL: "silent", PHONEBOOK_DATABASE: newFile(), ...adas })
    assert.include(service.said.stderr, "Basic authentication is off")
    const { port } = new URL(service.url)
    const { sending } = clientsOf(`http://127.0.0.1:${port}`)
    const send = sending()
    assert.strictEqual((await send("GET", "/v9/clients/1", undefined, { by: null, headers: basic(ada) })).status, 401)
    assert.strictEqual((await send("GET", "/v9/clients/1")).status, 404)
    assert.strictEqual(await stop(service), 0)
    assert.strictEqual(service.said.stdout, "")
  })

  it("ends at once where it is told to while it waits for a lock, and says nothing", async () => {
    const file = newFile()
    await plant(file, demoCredential)
    rmSync(`${file}.lock`)
    const holder = new DatabaseSync(file)
    onTestFinished(() => holder.close())
    holder.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
    const watcher = watch(dirname(file))
    onTestFinished(() => watcher.close())
    const service = launch({ PHONEBOOK_DATABASE: file })
    // The first thing that it makes; what comes next it has to wait for.
    await once(watcher, "change")
    const told = performance.now()
    service.signal("SIGTERM")
    assert.strictEqual(await service.exit(), 0)
    assert.deepEqual(service.said, { stdout: "", stderr: "" })
    // It would wait for ten.
    assert.isBelow(performance.now() - told, 6000)
  })

  it.skipIf(!existsSync("/dev/full"))("starts and ends where what it says cannot be written", async () => {
    const file = newFile()
    const watcher = watch(dirname(file))
    onTestFinished(() => watcher.close())
    const changed = once(watcher, "change")
    const full = openSync("/dev/full", "w")
    const child = spawn(process.execPath, [MAIN], {
      env: { PORT: "0", NODE_COMPILE_CACHE, PHONEBOOK_DATABASE: file, ...adas },
      stdio: ["ignore", full, full],
    })
    onTestFinished(() => void child.kill("SIGKILL"))
    closeSync(full)
    const exit = once(child, "exit")
    // By then it listens for the signal.
    await changed
    child.kill("SIGTERM")
    assert.deepEqual(await exit, [0, null])
  })

  it("logs one line of JSON a request, and nothing of what was sent", async () => {
    const service = await start({ LOG_LEVEL: "debug", PHONEBOOK_DATABASE: newFile(), ...adas })
    const { raw, send } = service
    const saidAtStart = service.said.stderr
    const client = await createClient(service)
    const numbers = `${client}/phone_numbers`
    const wrong = "A".repeat(43)
    const statuses = [
      await send("POST", numbers, { phone_numbers: [{ label: "labelled", number: "504-555-0123 x77123" }] }),
      await send("POST", numbers, { phone_numbers: [{ label: "labelled".repeat(9), number: "5550987" }] }),
      await send("POST", numbers, '{"phone_numbers":[{"number":"504-555-0123"'),
      await send("POST", numbers, { phone_numbers: "labelled" }, { headers: { "x-signature": wrong } }),
      await send("POST", `${numbers}?label=labelled`, { phone_numbers: [] }, { by: null }),
      await send("GET", "/v9/clients/5045550123"),
      await send("GET", "/v9/phone_book?number=504-555-0123"),
      await send("GET", client, undefined, { by: null, headers: basic(ada) }),
      await send("GET", client, undefined, { by: null, headers: basic({ ...ada, secret: "guessed-secret" }) }),
      await send("POST", numbers, "5550123".repeat(2 ** 18)),
    ].map(({ status }) => status)
    assert.deepEqual(statuses, [201, 422, 400, 401, 401, 404, 404, 200, 401, 413])
    assert.strictEqual((await raw("504-555-0123 labelled\r\n\r\n")).status, 400)
    assert.strictEqual(await stop(service), 0)

    const lines = service.said.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    const requests = lines.filter(({ message }) => message === "request")
    assert.deepEqual(
      requests.map(({ status }) => status),
      [201, ...statuses, 400],
    )
    assert.deepEqual(
      [...new Set(requests.map(({ route }) => route))],
      ["/v9/clients", "/v9/clients/:client_id/phone_numbers", "/v9/clients/:client_id", "*"],
    )
    // Left out is what the service makes up itself: a few digits of a number may stand in it by chance.
    const said = JSON.stringify(
      lines.map((line) => Object.assign({}, line, { time: null, request_id: null, duration_ms: null })),
    )
    const secrets = [ada.token, ada.secret, wrong, "guessed-secret", basic(ada).authorization]
    const personal = ["Ada", "labelled", "504-555", "504555", "5550123", "5550987", "77123", "phone_book"]
    for (const text of [...secrets, ...personal]) assert.notInclude(said, text)
    assert.strictEqual(service.said.stderr, saidAtStart)
  })
})

describe("main does not start", () => {
  const folder = "/dev/null/phonebook.db"
  // What is checked before anything is opened: config.test.ts has the other settings.
  it.each<[string, Record<string, string>]>([
    ["PORT", { PORT: "70000" }],
    ["HOST", { HOST: "no such host" }],
    [folder, { PHONEBOOK_DATABASE: folder }],
    ["PHONEBOOK_SECRET_KEY", { PHONEBOOK_SECRET_KEY: "too short a key" }],
    ["PHONEBOOK_BOOTSTRAP_SECRET", { ...adas, PHONEBOOK_BOOTSTRAP_SECRET: "too short a secret" }],
    ["PHONEBOOK_BOOTSTRAP_TOKEN", { ...adas, PHONEBOOK_BOOTSTRAP_TOKEN: demoCredential.token }],
  ])("with a wrong %s, which one line names", async (name, environment) => {
    const { code, lines, stdout } = await failure({ PHONEBOOK_DATABASE: newFile(), ...adas, ...environment })
    assert.strictEqual(code, 1)
    const line = lines.at(-1)!
    assert.include(line, "did not start")
    assert.include(line, name)
    // The credential was made, and said to be, before the address was found to be wrong.
    assert.lengthOf(lines, name === "HOST" ? 2 : 1)
    for (const secret of ["too short a key", "too short a secret", ada.secret]) assert.notInclude(line, secret)
    assert.strictEqual(stdout, "")
  })

  it("on a busy port: one line says so, with the cure; where its new credential is has been said before", async () => {
    const holder = createServer().listen(0, "127.0.0.1")
    onTestFinished(() => void holder.close())
    await once(holder, "listening")
    const { port } = holder.address() as { port: number }
    const file = newFile()
    const environment = { PORT: `${port}`, PHONEBOOK_DATABASE: file }
    const first = await failure(environment)
    assert.strictEqual(first.code, 1)
    assert.lengthOf(first.lines, 2)
    assert.include(first.lines[0], `${file}.credential`)
    const { code, lines } = await failure(environment)
    assert.strictEqual(code, 1)
    assert.lengthOf(lines, 1)
    assert.include(lines[0], `port ${port} is in use`)
    assert.include(lines[0], "PORT=")
  })

  it("on a database that holds the demo's credential", async () => {
    const file = newFile()
    await plant(file, demoCredential)
    const { code, lines } = await failure({ PHONEBOOK_DATABASE: file })
    assert.strictEqual(code, 1)
    assert.lengthOf(lines, 1)
    assert.include(lines[0], file)
    assert.include(lines[0], "demo")
    assert.include(lines[0], "PHONEBOOK_DATABASE")
  })

  it("on a database whose key is gone, or is another", async () => {
    const file = newFile()
    await plant(file, { token: ada.token, secret: Redacted.make(ada.secret) })
    const other = await failure({ PHONEBOOK_DATABASE: file, PHONEBOOK_SECRET_KEY: "00".repeat(32) })
    assert.strictEqual(other.code, 1)
    assert.lengthOf(other.lines, 1)
    assert.include(other.lines[0], "PHONEBOOK_SECRET_KEY")
    rmSync(`${file}.key`)
    const gone = await failure({ PHONEBOOK_DATABASE: file })
    assert.strictEqual(gone.code, 1)
    assert.lengthOf(gone.lines, 1)
    assert.include(gone.lines[0], `${file}.key`)
  })
})
