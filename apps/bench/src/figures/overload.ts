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

/** Connections of a flood. */
const FLOOD = 6144
/** And of one of requests with a hundred numbers each: three times as many as may wait. */
const HEAVY_FLOOD = 4096
/** As many as saturate the server with these. */
const HEAVY = 64
/** In a shorter time not all of a flood would come round. */
const FLOOD_SECONDS = 6

interface Pressure {
  readonly name: string
  readonly connections: number
  readonly requests: ReadonlyArray<Uint8Array>
  readonly isFlood: boolean
}

/**
 * What is served, and how long it takes, with once, twice and three times the connections that saturate the server, and in
 * floods: of requests with one number, and of requests with a hundred, of which more come than may wait.
 */
export const overload: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const light = creates(ours.clientIds)
  const heavy = creates(ours.clientIds, { requests: 1000, numbers: 100 })
  const measure =
    ({ connections, requests, isFlood }: Omit<Pressure, "name">) =>
    async () => {
      const duration = isFlood ? Math.max(seconds, FLOOD_SECONDS) : seconds
      const measured = await load({
        url: ours.url,
        requests,
        connections,
        seconds: duration,
        warmSeconds: 0.3,
        statuses: [201, 503],
      })
      return {
        ...measured,
        refused: (measured.answers[503] ?? 0) / duration,
        megabytes: hasProc ? residentMegabytes(ours.pid) : Number.NaN,
      }
    }

  const ladder = LADDER.map((connections) => measure({ connections, requests: light, isFlood: false }))
  const rates = (await turns(rounds, ladder)).map((turn) => median(turn.map(({ rate }) => rate)))
  const saturating = LADDER[rates.findIndex((rate) => rate >= SATURATED * Math.max(...rates))]!

  const loads: ReadonlyArray<Pressure> = [
    { name: "1× load", connections: saturating, requests: light, isFlood: false },
    { name: "2× load", connections: 2 * saturating, requests: light, isFlood: false },
    { name: "3× load", connections: 3 * saturating, requests: light, isFlood: false },
    { name: "a flood", connections: FLOOD, requests: light, isFlood: true },
    { name: "1× load of hundreds", connections: HEAVY, requests: heavy, isFlood: false },
    { name: "a flood of hundreds", connections: HEAVY_FLOOD, requests: heavy, isFlood: true },
  ]
  const measured = await turns(rounds, loads.map(measure))
  return loads.flatMap(({ name, connections, isFlood }, index): ReadonlyArray<Row> => {
    const at = `${name} (${connections.toLocaleString("en")} connections)`
    const samples = measured[index]!
    const rows = [
      row(
        `creates at ${at}`,
        "/s",
        samples.map(({ rate }) => rate),
      ),
      row(
        `p99 at ${at}`,
        "ms",
        samples.map(({ latencies }) => percentile(latencies, 0.99)),
      ),
      row(
        `refused with 503 at ${at}`,
        "/s",
        samples.map(({ refused }) => refused),
      ),
    ]
    // The server is the same for all, so that of the lesser loads they tell nothing.
    if (!isFlood) return rows
    return rows.concat(
      row(
        `until each of ${at} was answered once`,
        "ms",
        samples.map(({ untilAllAnswered }) => untilAllAnswered),
      ),
      row(
        `resident memory after ${at}`,
        "MB",
        samples.map(({ megabytes }) => megabytes),
      ),
    )
  })
}
