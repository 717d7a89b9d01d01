import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync } from "node:fs"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Clients } from "@phonebook/contract"
import { credential, HOST, send } from "./requests.ts"

/** How long a server may take to stop, in milliseconds, before it is made to. */
const STOP_TIMEOUT = 20_000
/** Enough that a client's rows lie here and there in the file. */
const CLIENTS = 100

const pathOf = (source: string) => fileURLToPath(new URL(source, import.meta.url))

export interface Server extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** What it said at its start. */
  readonly said: string
  readonly stop: () => Promise<void>
}

/** A server on a new file, with clients to give phone numbers to. */
export interface Store extends Server {
  readonly file: string
  readonly clientIds: ReadonlyArray<number>
}

export interface Launch {
  readonly env?: Readonly<Record<string, string>>
  /** A program that runs the server, with its arguments. */
  readonly under?: ReadonlyArray<string>
  /** The server's own arguments. */
  readonly args?: ReadonlyArray<string>
}

const running = new Set<ChildProcess>()
process.once("exit", () => {
  for (const child of running) child.kill("SIGKILL")
})
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(130))

const stopped = async (child: ChildProcess): Promise<void> => {
  running.delete(child)
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, "exit")
  child.kill("SIGTERM")
  const impatience = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT)
  await exit
  clearTimeout(impatience)
}

/** Starts a server as an operator does, its log going to a file, and waits until it says where it listens. */
export const start = async (
  main: string,
  log: string,
  { env = {}, under = [], args = [] }: Launch,
): Promise<Server> => {
  const output = openSync(log, "a")
  const [command, ...rest] = [...under, process.execPath, main, ...args]
  const child = spawn(command!, rest, {
    stdio: ["ignore", output, "pipe"],
    env: { HOST, PORT: "0", LOG_LEVEL: "info", NODE_ENV: "production", ...env },
  })
  closeSync(output)
  running.add(child)
  let said = ""
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text
      const listening = /listens on (http:\S+\d)/u.exec(said)?.[1]
      if (listening !== undefined) resolve(listening)
    })
    child.once("error", reject)
    child.once("close", (code) => reject(new Error(`the server does not start (exit code ${code}): ${said}`)))
  })
  const stop = () => stopped(child)
  return { url, pid: child.pid!, said, stop, [Symbol.asyncDispose]: stop }
}

export const startEcho = (folder: string): Promise<Server> => start(pathOf("echo.ts"), join(folder, "echo.log"), {})

/** The least that does the job, on a file that Phonebook has made. */
export const startLeast = async (folder: string): Promise<Store> => {
  const { file, clientIds, stop } = await startPhonebook(folder)
  await stop()
  return { ...(await start(pathOf("least.ts"), `${file}.log`, { args: [file] })), file, clientIds }
}

/** Phonebook on a file that is there. */
export const startPhonebookOn = (file: string, { env = {}, under = [] }: Launch = {}): Promise<Server> => {
  const settings = {
    // For less memory, as the Dockerfile has it.
    NODE_COMPILE_CACHE: join(tmpdir(), "phonebook-compile-cache"),
    NODE_OPTIONS: "--max-semi-space-size=16",
    MALLOC_ARENA_MAX: "2",
    PHONEBOOK_DATABASE: file,
    PHONEBOOK_BOOTSTRAP_TOKEN: credential.token,
    PHONEBOOK_BOOTSTRAP_SECRET: credential.secret,
  }
  return start(pathOf("../../api/src/main.ts"), `${file}.log`, { under, env: { ...settings, ...env } })
}

/** Phonebook on a new file. */
export const startPhonebook = async (folder: string, launch?: Launch): Promise<Store> => {
  const file = join(await mkdtemp(join(folder, "phonebook-")), "phonebook.db")
  const server = await startPhonebookOn(file, launch)
  const clients = Array.from({ length: CLIENTS }, (_, index) => ({ name: `Client ${index}` }))
  const answer = await send(server.url, { method: "POST", target: "/v9/clients", body: { clients } })
  if (answer.status !== 201) throw new Error(`no clients to begin with: ${JSON.stringify(answer)}`)
  return { ...server, file, clientIds: (answer.body as Clients).clients.map(({ id }) => id) }
}
