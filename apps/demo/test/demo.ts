import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { onTestFinished } from "vitest"

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** No variable but what finds programs: neither a proxy nor a setting of whoever runs the tests. */
export const PATH = process.env.PATH ?? ""

/** A folder that goes with the test. */
export const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-demo-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return folder
}

export const launch = (folder: string, args: ReadonlyArray<string> = [], environment: Record<string, string> = {}) => {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd: folder,
    env: { PATH, PORT: "0", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  })
  onTestFinished(() => void child.kill("SIGKILL"))
  const said = { stdout: "", stderr: "" }
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (words: string) => (said[stream] += words))
  }
  const ended = once(child, "close")
  return { child, said, exit: async (): Promise<unknown> => (await ended)[0] }
}

/** The demo, serving: what it printed, and the two commands that it ends with. */
export const start = async (folder: string) => {
  const { child, exit, said } = launch(folder)
  const last = '-d "$BODY"\n'
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", () => said.stdout.endsWith(last) && resolve())
    void exit().then(() => reject(new Error(`It ended: ${said.stderr}`)))
  })
  const blocks = said.stdout.slice(said.stdout.indexOf("Your turn")).split("\n\n")
  return {
    url: /http:\/\/127\.0\.0\.1:\d+/u.exec(said.stdout)![0],
    printed: said.stdout,
    withCurlAlone: blocks[1]!,
    signed: blocks[3]!,
    stop: async () => {
      child.kill("SIGINT")
      return { code: await exit(), ...said }
    },
  }
}
