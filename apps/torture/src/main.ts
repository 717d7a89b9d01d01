// oxlint-disable no-await-in-loop -- a round begins where the last one ended

import { mkdtemp, rm } from "node:fs/promises"
import { Agent } from "node:http"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { parseArgs } from "node:util"
import type { Clients } from "@phonebook/contract"
import { send, startLoad } from "./load.ts"
import { acknowledged, CREATED, type Entry, operations } from "./operations.ts"
import { between, random } from "./random.ts"
import { type Server, start, startAndKill } from "./server.ts"
import { verify } from "./verify.ts"

/** Few, so that the connections contend for them. */
const CLIENTS = 5
/** When the server is killed, in milliseconds after its first answer. */
const KILL_AFTER = { least: 20, most: 500 }
/** One start in so many is killed on the way, before the one that counts. */
const KILLED_STARTS = 8
/** How long a start takes until one has been measured, in milliseconds. */
const FIRST_START = 1000
/** Most discrepancies shown; one cause can make thousands. */
const SHOWN = 20

const usage = "pnpm torture [--rounds 25] [--seed 1] [--connections 64] [--keep]"

const wholeNumber = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/u.test(text)) throw new Error(`--${name} must be a whole number from 1 on: ${usage}`)
  return Number(text)
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "25" },
    seed: { type: "string", default: String(between(Math.random, 1, 999_999)) },
    connections: { type: "string", default: "64" },
    keep: { type: "boolean", default: false },
  },
})
const rounds = wholeNumber("rounds", values.rounds)
const seed = wholeNumber("seed", values.seed)
const connections = wholeNumber("connections", values.connections)

const folder = await mkdtemp(join(tmpdir(), "phonebook-torture-"))
const file = join(folder, "phonebook.db")
const log = join(folder, "server.log")

const say = (line: string) => process.stdout.write(`${line}\n`)
const count = (many: number, what: string) => `${many.toLocaleString("en")} ${what}`

let startMillis = FIRST_START
let killedStarts = 0

/** A server on the file as the last crash left it; sometimes after a start that crashed as well. */
const restart = async (round: number): Promise<Server> => {
  const draw = random(seed, "start", round)
  if (round === 0 || between(draw, 1, KILLED_STARTS) === 1) {
    // Its second half is where the file is opened, recovered and migrated.
    await startAndKill(file, log, startMillis * (0.5 + draw() / 2))
    killedStarts++
  }
  const began = performance.now()
  const server = await start(file, log)
  startMillis = performance.now() - began
  return server
}

const createClients = async ({ url }: Server): Promise<ReadonlyArray<number>> => {
  const agent = new Agent()
  const clients = Array.from({ length: CLIENTS }, (_, index) => ({ name: `Client ${index}` }))
  const answer = await send(url, agent, { method: "POST", target: "/v9/clients", body: JSON.stringify({ clients }) })
  agent.destroy()
  if (answer?.status !== CREATED) throw new Error(`no clients to begin with: ${JSON.stringify(answer)}`)
  return (answer.body as Clients).clients.map(({ id }) => id)
}

/** Everything that was ever sent to the file. */
const journal: Array<Entry> = []

const loadAndKill = async (server: Server, round: number, clientIds: ReadonlyArray<number>) => {
  const sources = Array.from({ length: connections }, (_, connection) =>
    operations(random(seed, "load", round, connection), `${round}.${connection}`, clientIds),
  )
  const load = startLoad(server.url, sources)
  const draw = random(seed, "kill", round)
  await load.answer()
  await delay(between(draw, KILL_AFTER.least, KILL_AFTER.most))
  // Half the time when an answer has just arrived, and all that shared its commit are on their way.
  if (draw() < 0.5) await load.answer()
  const broken = load.stop()
  const alive = await server.kill()
  const entries = await load.journal
  journal.push(...entries)
  return {
    entries,
    discrepancies: [
      ...(alive ? [] : ["the server ended before it was killed"]),
      ...(broken > 0 ? [`${broken} connections broke before the server was killed`] : []),
    ],
  }
}

/** Plays the rounds, up to the first one with discrepancies, and answers these. */
const torture = async (): Promise<ReadonlyArray<string>> => {
  let server = await restart(0)
  try {
    const clientIds = await createClients(server)
    for (let round = 1; round <= rounds; round++) {
      const { entries, discrepancies } = await loadAndKill(server, round, clientIds)
      server = await restart(round)
      const findings = verify(file, journal)

      const unanswered = entries.filter(({ answer }) => answer === undefined)
      const whole = unanswered.filter(({ operation }) => findings.stored.has(operation.mark))
      say(
        `round ${round}: ${count(entries.filter(acknowledged).length, "batches")} acknowledged, ` +
          `${unanswered.length} in flight when killed: ${whole.length} found whole, ${unanswered.length - whole.length} absent`,
      )
      if (discrepancies.length + findings.discrepancies.length > 0) return [...discrepancies, ...findings.discrepancies]
    }
    return []
  } finally {
    await server.kill()
  }
}

say(`seed ${seed}, ${connections} connections, ${file}`)
const discrepancies = await torture().catch((error: Error) => [error.stack ?? error.message])
for (const discrepancy of discrepancies.slice(0, SHOWN)) say(`  ${discrepancy}`)
if (discrepancies.length > SHOWN) say(`  and ${count(discrepancies.length - SHOWN, "more")}`)

if (discrepancies.length > 0) {
  say(`FAILED, seed ${seed}: what is left is in ${folder}`)
  process.exitCode = 1
} else {
  const batches = journal.filter(acknowledged)
  const numbers = batches.reduce((sum, { operation }) => sum + operation.numbers.length, 0)
  say(
    `${count(rounds, "crashes")} under load, ${killedStarts} during a start: ${count(batches.length, "batches")} of ` +
      `${count(numbers, "phone numbers")} were acknowledged, and all are there; nothing is there by half`,
  )
  if (values.keep) say(`kept ${folder}`)
  else await rm(folder, { recursive: true })
}
