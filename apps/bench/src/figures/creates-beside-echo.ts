import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { load, type Measured } from "../load.ts"
import { hasProc, processorMicros } from "../process.ts"
import { creates } from "../requests.ts"
import { startEcho, startPhonebook } from "../server.ts"
import { ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 64

/** A turn, and what the server had of the processors for each request of it. */
const withProcessor = (pid: number, run: () => Promise<Measured>) => async () => {
  const before = hasProc ? processorMicros(pid) : Number.NaN
  const measured = await run()
  return { rate: measured.rate, micros: hasProc ? (processorMicros(pid) - before) / measured.total : Number.NaN }
}

/** Durable creates a second, beside what the stack does when there is nothing to do. */
export const createsBesideEcho: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  await using echo = await startEcho(folder)
  const given = { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds }
  const create = creating(ours, given)
  const [created, echoed] = await turns(rounds, [
    withProcessor(ours.pid, create.run),
    withProcessor(echo.pid, () => load({ url: echo.url, warmSeconds: 0.3, statuses: [201], ...given })),
  ])
  create.check()
  const [ourRates, echoRates] = [created!.map(({ rate }) => rate), echoed!.map(({ rate }) => rate)]
  const rows = [
    row(`durable creates, ${CONNECTIONS} connections`, "/s", ourRates),
    row("bare Hono echo of the same body", "/s", echoRates),
    row("creates ÷ echo", "", ratios(ourRates, echoRates), { atLeast: 0.8 }),
  ]
  if (!hasProc) return rows
  // Of all that is measured here, this changes least with what else the machine does.
  return [
    ...rows,
    row(
      "processor time of a create",
      "µs",
      created!.map(({ micros }) => micros),
    ),
    row(
      "processor time of an echo",
      "µs",
      echoed!.map(({ micros }) => micros),
    ),
  ]
}
