import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, mkdtempSync, openSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const COMMAND = fileURLToPath(new URL("../src/main.ts", import.meta.url))
const SERVER = fileURLToPath(new URL("../../api/src/main.ts", import.meta.url))

/** The credential that a server of these tests begins with. */
export const first = { token: "firstFIRSTfirstFIRSTfirstFIRST00", secret: "first-secret-first-secret-first-secret-0" }

/** A folder that goes with the test. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

/** Runs the command as a script does, in an environment that names the database and nothing else. */
export const phonebook = async (file: string, ...args: ReadonlyArray<string>) => {
  const child = run(file, args, "pipe")
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), once(child, "close")])
  return { stdout, stderr, code: code as number }
}

/** Runs the command where nobody hears its result: on a disk that is full, or in a pipe that its reader has left. */
export const unheard = async (where: "full disk" | "left pipe", file: string, ...args: ReadonlyArray<string>) => {
  const full = openSync("/dev/full", "w")
  const child = run(file, args, where === "full disk" ? full : "pipe")
  closeSync(full)
  child.stdout?.destroy()
  const [stderr, [code]] = await Promise.all([text(child.stderr!), once(child, "close")])
  return { stderr, code: code as number }
}

const run = (file: string, args: ReadonlyArray<string>, stdout: "pipe" | number) =>
  spawn(process.execPath, [COMMAND, ...args], {
    env: { PHONEBOOK_DATABASE: file },
    stdio: ["ignore", stdout, "pipe"],
  })

const stopped = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, "exit")
}

/** A server on a database, listening. */
export const startServer = async (file: string) => {
  const child = spawn(process.execPath, [SERVER], {
    env: {
      PORT: "0",
      LOG_LEVEL: "silent",
      PHONEBOOK_DATABASE: file,
      PHONEBOOK_BOOTSTRAP_TOKEN: first.token,
      PHONEBOOK_BOOTSTRAP_SECRET: first.secret,
    },
    stdio: ["ignore", "ignore", "pipe"],
  })
  onTestFinished(() => stopped(child, "SIGKILL"))
  let said = ""
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.setEncoding("utf8").on("data", (words: string) => {
      said += words
      const listening = /listens on (http:\S+\d)/u.exec(said)?.[1]
      if (listening !== undefined) resolve(listening)
    })
    child.once("close", () => reject(new Error(said)))
  })
  return {
    /** Sends a request under a credential; with a body it is a POST. */
    send: async (path: string, { token, secret }: typeof first, body?: object) => {
      const response = await fetch(url + path, {
        method: body === undefined ? "GET" : "POST",
        headers: { authorization: `Basic ${btoa(`${token}:${secret}`)}`, "idempotency-key": crypto.randomUUID() },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: response.status, body: (await response.json()) as Record<string, unknown> }
    },
    stop: () => stopped(child, "SIGTERM"),
  }
}
