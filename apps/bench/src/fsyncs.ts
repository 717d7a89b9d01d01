import { readFile } from "node:fs/promises"
import { setTimeout as delay } from "node:timers/promises"
import { load } from "./load.ts"
import type { Launch, Server } from "./server.ts"

/** How long strace may take to write what it counted, in milliseconds. */
const PATIENCE = 5000

/** How many fsyncs a server makes for each create, or undefined where strace is absent or not allowed. */
export const fsyncsPerCreate = async (
  startServer: (launch: Launch) => Promise<Server>,
  given: { readonly requests: ReadonlyArray<Uint8Array>; readonly connections: number; readonly counts: string },
): Promise<number | undefined> => {
  // Detached (-D), so that the process we started, and stop, is the server.
  const under = ["strace", "-D", "-f", "-c", "--seccomp-bpf", "-e", "trace=fsync,fdatasync", "-o", given.counts]
  try {
    const server = await startServer({ under })
    const { url } = server
    const { total } = await load({ url, ...given, seconds: 2, warmSeconds: 0, statuses: [201] }).finally(server.stop)
    return (await countOf(given.counts)) / total
  } catch {
    return undefined
  }
}

const countOf = async (path: string): Promise<number> => {
  const until = performance.now() + PATIENCE
  for (;;) {
    const summary = await readFile(path, "utf8").catch(() => "")
    if (/ total$/mu.test(summary)) {
      const lines = summary.split("\n").filter((line) => / f(?:data)?sync$/u.test(line))
      return lines.reduce((sum, line) => sum + Number(line.trim().split(/ +/u)[3]), 0)
    }
    if (performance.now() > until) throw new Error("strace has counted nothing")
    await delay(100)
  }
}
