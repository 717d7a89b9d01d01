import { mkdir, mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { between } from "./random.ts"
import { type Round, torture } from "./torture.ts"

/** A file grows with its rounds, and so does the time to check it. */
const ROUNDS_PER_FILE = 50
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

const parent = await mkdtemp(join(tmpdir(), "phonebook-torture-"))

const say = (line: string) => process.stdout.write(`${line}\n`)
const count = (many: number, what: string) => `${many.toLocaleString("en")} ${what}`

const describe = (round: Round): string =>
  `round ${round.number}: ${count(round.acknowledged, "writes")} acknowledged, ${round.unanswered} in flight when killed: ` +
  `${round.carriedOut} found done, ${round.unanswered - round.carriedOut} not; ` +
  `${round.repeated} sent again: ${round.replayed} replayed, ${round.repeated - round.replayed} done`

const played: Array<Round> = []

/** Plays all rounds, up to the first one with discrepancies, and answers these. */
const play = async (): Promise<ReadonlyArray<string>> => {
  for (let first = 1; first <= rounds; first += ROUNDS_PER_FILE) {
    const folder = join(parent, `from-round-${first}`)
    await mkdir(folder)
    say(`a new file, in ${folder}`)
    const last = Math.min(rounds, first + ROUNDS_PER_FILE - 1)
    for await (const round of torture({ folder, seed, connections, first, last })) {
      played.push(round)
      say(describe(round))
      if (round.discrepancies.length > 0) return round.discrepancies
    }
    if (!values.keep) await rm(folder, { recursive: true })
  }
  return []
}

say(`seed ${seed}, ${connections} connections`)
const discrepancies = await play().catch((error: Error) => [error.stack ?? error.message])
for (const discrepancy of discrepancies.slice(0, SHOWN)) say(`  ${discrepancy}`)
if (discrepancies.length > SHOWN) say(`  and ${count(discrepancies.length - SHOWN, "more")}`)

if (discrepancies.length > 0) {
  say(`FAILED, seed ${seed}: what is left is in ${parent}`)
  process.exitCode = 1
} else {
  const sum = (of: (round: Round) => number) => played.reduce((total, round) => total + of(round), 0)
  say(
    `${count(rounds, "crashes")} under load, ${sum(({ killedStarts }) => killedStarts)} during a start: ` +
      `${count(
        sum((round) => round.acknowledged),
        "writes",
      )} were acknowledged, and all are there, once; ` +
      `${count(
        sum((round) => round.repeated),
        "were sent again",
      )}; nothing is there by half`,
  )
  if (values.keep) say(`kept ${parent}`)
  else await rm(parent, { recursive: true })
}
