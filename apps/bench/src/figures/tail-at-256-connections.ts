import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { creates } from "../requests.ts"
import { startLeast, startPhonebook } from "../server.ts"
import { percentile, ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 256

/** Whether those who wait wait about equally long, with us and with the least that does the job. */
export const tailAt256Connections: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  await using least = await startLeast(folder)
  const given = { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds }
  const creations = [creating(ours, given), creating(least, given)]
  const measured = await turns(
    rounds,
    creations.map(({ run }) => run),
  )
  for (const { check } of creations) check()
  const at = (share: number) => measured.map((side) => side.map(({ latencies }) => percentile(latencies, share)))
  const [p50, p99] = [at(0.5), at(0.99)]
  const tails = p99.map((side, index) => ratios(side, p50[index]!))
  return [
    row(`p50 of creates, ${CONNECTIONS} connections`, "ms", p50[0]!),
    row(`p99 of creates, ${CONNECTIONS} connections`, "ms", p99[0]!),
    row(`p99 ÷ p50 of creates, ${CONNECTIONS} connections`, "", tails[0]!, { atMost: 1.5 }),
    row("p99 ÷ p50 of the least that creates", "", tails[1]!),
  ]
}
