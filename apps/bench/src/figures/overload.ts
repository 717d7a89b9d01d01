import { type Figure, type Row, row } from "../figure.ts"
import { load } from "../load.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { median, percentile } from "../statistics.ts"
import { turns } from "../turns.ts"

const LADDER = [8, 16, 32, 64, 128, 256, 512]
/** More connections that bring less than a twentieth bring nothing. */
const SATURATED = 0.95

/** What is served, and how long it takes, with once, twice and three times the connections that saturate the server. */
export const overload: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const requests = creates(ours.clientIds)
  const measure = (connections: number) => () =>
    load({ url: ours.url, requests, connections, seconds, warmSeconds: 0.3, statuses: [201, 503] })

  const rates = (await turns(rounds, LADDER.map(measure))).map((turn) => median(turn.map(({ rate }) => rate)))
  const saturating = LADDER[rates.findIndex((rate) => rate >= SATURATED * Math.max(...rates))]!

  const times = [1, 2, 3]
  const loads = await turns(
    rounds,
    times.map((factor) => measure(factor * saturating)),
  )
  return loads.flatMap((measured, index): ReadonlyArray<Row> => {
    const name = `${times[index]}× load (${times[index]! * saturating} connections)`
    return [
      row(
        `creates at ${name}`,
        "/s",
        measured.map(({ rate }) => rate),
      ),
      row(
        `p99 at ${name}`,
        "ms",
        measured.map(({ latencies }) => percentile(latencies, 0.99)),
      ),
      row(
        `refused with 503 at ${name}`,
        "/s",
        measured.map(({ answers }) => (answers[503] ?? 0) / seconds),
      ),
    ]
  })
}
