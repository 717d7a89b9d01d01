import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, openSync } from "node:fs"
import { setTimeout as delay } from "node:timers/promises"
import { fileURLToPath } from "node:url"

const MAIN = fileURLToPath(new URL("../../api/src/main.ts", import.meta.url))

export const credential = {
  token: "tortureTORTUREtortureTORTURE0000",
  secret: "torture-secret-torture-secret-torture-00",
}

export interface Server {
  readonly url: string
  /** SIGKILL. Settles when the process is gone; false where it was gone before. */
  readonly kill: () => Promise<boolean>
  readonly signal: (name: NodeJS.Signals) => void
  /** Settles with the exit code when the process ends. */
  readonly exit: Promise<number | null>
}

/** The server as an operator starts it, on any free port. What it says goes to the log, and from stderr to us too. */
const launch = (file: string, log: string, environment: NodeJS.ProcessEnv = {}): ChildProcess => {
  const output = openSync(log, "a")
  const child = spawn(process.execPath, [MAIN], {
    stdio: ["ignore", output, "pipe"],
    env: {
      HOST: "127.0.0.1",
      PORT: "0",
      LOG_LEVEL: "error",
      PHONEBOOK_DATABASE: file,
      PHONEBOOK_BOOTSTRAP_TOKEN: credential.token,
      PHONEBOOK_BOOTSTRAP_SECRET: credential.secret,
      ...environment,
    },
  })
  closeSync(output)
  return child
}

const killed = async (child: ChildProcess): Promise<boolean> => {
  if (child.exitCode !== null || child.signalCode !== null) return false
  const exit = once(child, "exit")
  child.kill("SIGKILL")
  const [, signal] = await exit
  return signal === "SIGKILL"
}

/** Starts the server and waits until it listens. A server that ends instead is an error with its own words. */
export const start = async (file: string, log: string, environment?: NodeJS.ProcessEnv): Promise<Server> => {
  const child = launch(file, log, environment)
  const exit = new Promise<number | null>((resolve) => void child.once("exit", resolve))
  let said = ""
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr!.setEncoding("utf8").on("data", (text: string) => {
      said += text
      const listening = /listens on (http:\S+\d)/u.exec(said)?.[1]
      if (listening !== undefined) resolve(listening)
    })
    child.once("close", (code) => reject(new Error(`the server does not start (exit code ${code}): ${said}`)))
  })
  return { url, kill: () => killed(child), signal: (name) => void child.kill(name), exit }
}

/** Starts the server and kills it so soon that it may be anywhere between its first instruction and listening. */
export const startAndKill = async (file: string, log: string, afterMillis: number): Promise<void> => {
  const child = launch(file, log)
  child.stderr!.resume()
  await delay(afterMillis)
  await killed(child)
}
