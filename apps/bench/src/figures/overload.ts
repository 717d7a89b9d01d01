import { type Figure, type Row, row } from "../figure.ts"
import { load } from "../load.ts"
import { hasProc, residentMegabytes } from "../process.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { median, percentile } from "../statistics.ts"
import { turns } from "../turns.ts"

const LADDER = [8, 16, 32, 64, 128, 256, 512]
/** More connections that bring less than a twentieth bring nothing. */
const SATURATED = 0.95

/** Half as many again as may wait for a commit. */
const FLOOD = 6144

/**
 * What is served, and how long it takes, with once, twice and three times the connections that saturate the server, and with
 * more than may wait.
 */
export const overload: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const requests = creates(ours.clientIds)
  const measure = (connections: number) => async () => {
    const measured = await load({
      url: ours.url,
      requests,
      connections,
      seconds,
      warmSeconds: 0.3,
      statuses: [201, 503],
    })
    return { ...measured, megabytes: hasProc ? residentMegabytes(ours.pid) : Number.NaN }
  }

  const rates = (await turns(rounds, LADDER.map(measure))).map((turn) => median(turn.map(({ rate }) => rate)))
  const saturating = LADDER[rates.findIndex((rate) => rate >= SATURATED * Math.max(...rates))]!

  const connections = [saturating, 2 * saturating, 3 * saturating, FLOOD]
  const names = ["1× load", "2× load", "3× load", "a flood"]
  const loads = await turns(rounds, connections.map(measure))
  return loads.flatMap((measured, index): ReadonlyArray<Row> => {
    const name = `${names[index]} (${connections[index]!.toLocaleString("en")} connections)`
    const rows = [
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
    // The server is the same for all, so that only the greatest load tells anything.
    if (connections[index] !== FLOOD) return rows
    return rows.concat(
      row(
        `until each of ${name} was answered once`,
        "ms",
        measured.map(({ untilAllAnswered }) => untilAllAnswered),
      ),
      row(
        `resident memory after ${name}`,
        "MB",
        measured.map(({ megabytes }) => megabytes),
      ),
    )
  })
}
