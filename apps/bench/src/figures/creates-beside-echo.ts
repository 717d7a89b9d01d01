import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { load, type Measured } from "../load.ts"
import { hasProc, processorMicros } from "../process.ts"
import { creates } from "../requests.ts"
import { startEcho, startLeast, startPhonebook } from "../server.ts"
import { ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 64

/** A turn, and what the server had of the processors for each request of it. */
const withProcessor = (pid: number, run: () => Promise<Measured>) => async () => {
  const before = hasProc ? processorMicros(pid) : Number.NaN
  const measured = await run()
  return { rate: measured.rate, micros: hasProc ? (processorMicros(pid) - before) / measured.total : Number.NaN }
}

/** Durable creates a second, beside what the stack does when there is nothing to do, and beside the least that does it. */
export const createsBesideEcho: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  await using least = await startLeast(folder)
  await using echo = await startEcho(folder)
  const given = { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds }
  const [create, leastCreate] = [creating(ours, given), creating(least, given)]
  const measured = await turns(rounds, [
    withProcessor(ours.pid, create.run),
    withProcessor(least.pid, leastCreate.run),
    withProcessor(echo.pid, () => load({ url: echo.url, warmSeconds: 0.3, statuses: [201], ...given })),
  ])
  create.check()
  leastCreate.check()
  const names = [`durable creates, ${CONNECTIONS} connections`, "the least that creates", "bare Hono echo"]
  const rates = measured.map((side) => side.map(({ rate }) => rate))
  const [ourRates, leastRates, echoRates] = [rates[0]!, rates[1]!, rates[2]!]
  const rows = [
    ...names.map((name, index) => row(name, "/s", rates[index]!)),
    row("creates ÷ echo", "", ratios(ourRates, echoRates), { atLeast: 0.8 }),
    row("the least ÷ echo", "", ratios(leastRates, echoRates)),
    row("creates ÷ the least", "", ratios(ourRates, leastRates)),
  ]
  if (!hasProc) return rows
  // Of all that is measured here, this changes least with what else the machine does.
  const micros = measured.map((side) => side.map((turn) => turn.micros))
  return [...rows, ...names.map((name, index) => row(`processor time of a request: ${name}`, "µs", micros[index]!))]
}
