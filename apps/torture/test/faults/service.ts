import { execFile } from "node:child_process"
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { expect, onTestFinished } from "vitest"
import { createClients, firstNumbers } from "../../src/clients.ts"
import { operations } from "../../src/connection.ts"
import { faultyMachine } from "../../src/faults/faulty-machine.ts"
import { type Load, startLoad } from "../../src/load.ts"
import type { Entry } from "../../src/operations.ts"
import { obstacle } from "../../src/power-loss/recording.ts"
import { random } from "../../src/random.ts"
import { EMPTY } from "../../src/reckon.ts"
import { credential, type Server, start } from "../../src/server.ts"
import { verify } from "../../src/verify.ts"

/** Why no machine can be made to fail here; undefined where it can. */
export const trouble = obstacle()

/** Makes every start but the first a third faster. */
const NODE_COMPILE_CACHE = join(tmpdir(), "phonebook-compile-cache")

const { token, secret } = credential
export const authorization = `Basic ${Buffer.from(`${token}:${secret}`).toString("base64")}`

export interface Answer {
  readonly status: number
  readonly header: (name: string) => string | null
  readonly body: ReturnType<typeof JSON.parse>
}

const sender =
  ({ url }: Server) =>
  async (method: string, path: string, body?: object, headers = {}): Promise<Answer> => {
    const json = body === undefined ? null : JSON.stringify(body)
    const answer = await fetch(url + path, { method, body: json, headers: { authorization, ...headers } })
    const text = await answer.text()
    return { status: answer.status, header: (name) => answer.headers.get(name), body: text && JSON.parse(text) }
  }

export const expectUnavailable = ({ status, header, body }: Answer) => {
  expect(status).toBe(503)
  expect(header("retry-after")).toBe("1")
  expect(body.error).toBe("Service Unavailable")
}

const COMMANDS = fileURLToPath(new URL("../../../cli/src/main.ts", import.meta.url))

/** The operator's commands, each in a process of its own; rejects with its `stdout` where it fails. */
export const commandsOn = (file: string) => async (command: string) => {
  const args = [COMMANDS, ...command.split(" "), "--database", file, "--json"]
  const { stdout } = await promisify(execFile)(process.execPath, args)
  return JSON.parse(stdout)
}

/** The real process on a new file; where it is asked for, on a machine that fails when it is told to. */
export const startService = async ({ faulty = false, forgets = false } = {}) => {
  const parent = realpathSync(mkdtempSync(join(tmpdir(), "phonebook-faults-")))
  const folder = join(parent, "disk")
  mkdirSync(folder)
  const machine = faulty ? faultyMachine(parent, folder, { forgets }) : undefined
  // The log lies on the same disk, as it may.
  const [file, log] = [join(folder, "phonebook.db"), join(folder, "server.log")]
  const environment = { LOG_LEVEL: "info", NODE_COMPILE_CACHE, ...machine?.environment }
  const server = await start(file, log, environment)
  onTestFinished(async () => {
    await server.kill()
    rmSync(parent, { recursive: true })
  })

  const clientIds = await createClients(server.url)
  const client = `/v9/clients/${clientIds[0]}`
  const send = sender(server)
  const { state } = verify(file, EMPTY, await startLoad(server.url, [firstNumbers(clientIds).values()]).journal)
  let names = 0
  const rename = (by = send) => by("PUT", client, { name: `Name ${(names += 1)}` })

  return {
    ...server,
    file,
    client,
    machine: machine!,
    send,
    /** A write that the journal does not know: renames the client. */
    rename: () => rename(),
    /** Puts connections to work. */
    load: (connections: number): Load => {
      const sources = Array.from({ length: connections }, (_, index) =>
        operations(random("faults", index), String(index), clientIds),
      )
      return startLoad(server.url, sources)
    },
    /** Ends the process as a supervisor does. */
    stop: async () => {
      server.signal("SIGTERM")
      expect(await server.exit).toBe(0)
    },
    /** Another process on the file, on the same machine; by the environment on one that does not fail. */
    restart: async (more: NodeJS.ProcessEnv = {}) => {
      const other = await start(file, log, { ...environment, ...more })
      onTestFinished(async () => void (await other.kill()))
      const sendOther = sender(other)
      return { ...other, send: sendOther, rename: () => rename(sendOther) }
    },
    /**
     * Holds what is stored against what was sent: nothing acknowledged is lost, nothing is there by half, and nothing refused
     * is there but where the refusal says so.
     */
    check: async (load: Load, stored = file) => {
      const unknown = ({ answer }: Entry) =>
        answer?.status === 503 && /whether this was saved/u.test(JSON.stringify(answer.body))
      const journal = await load.journal
      for (const entry of journal.filter(unknown)) Object.assign(entry, { answer: undefined, answered: Infinity })
      expect(verify(stored, state, journal).discrepancies).toEqual([])
    },
  }
}
