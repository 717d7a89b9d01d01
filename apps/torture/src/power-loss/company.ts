// Has `workload.ts` and `companion.ts` write to one database. After a first that is cut short another one starts at once, beside
// the companion, which lives on until it is done; then this ends as the first has:
// node company.ts <file> <seed> <units of each fiber>
import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import type { Company } from "./workload.ts"

type Ended = readonly [code: number | null, signal: NodeJS.Signals | null]

const [file = "", seed = "", units = ""] = process.argv.slice(2)

/** A process that waits to be told to begin. */
const prepare = async (program: string, args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) => {
  const child: ChildProcess = fork(fileURLToPath(new URL(program, import.meta.url)), args, { env })
  const ended = once(child, "exit") as Promise<unknown> as Promise<Ended>
  await once(child, "message")
  const tell = (what: "begin" | "end") => void (child.connected && child.send(what))
  return { child, ended, tell }
}

const prepareWorkload = (company: Company, env: NodeJS.ProcessEnv) =>
  prepare("workload.ts", [file, seed, units, company], env)

// What cuts a process short is said in its environment.
const { POWER_LOSS_OF: whoIsCut, POWER_LOSS_AFTER: _, ...uncut } = process.env
const [companion, first, next] = await Promise.all([
  prepare("companion.ts", [file, `${seed} beside`], process.env),
  prepareWorkload("beside", process.env),
  whoIsCut === "workload.ts" ? prepareWorkload("again-beside", uncut) : undefined,
])

first.tell("begin")
await Promise.race([once(first.child, "message"), first.ended])
companion.tell("begin")
const [code, signal] = await first.ended
next?.tell("begin")
// Of a failed sync the companion is told too: it keeps the database locked, and who starts beside it is refused.
const [nextCode] = (await next?.ended) ?? [0]
companion.tell("end")
const [companionCode] = await companion.ended
// A companion that is killed has no code.
if (signal === null) process.exitCode = code || nextCode || (companionCode ?? 0)
// Killed, the first has told nobody of anything: the others must come to the end.
else if (nextCode === 0 && companionCode === 0) process.kill(process.pid, signal)
else process.exitCode = 2
