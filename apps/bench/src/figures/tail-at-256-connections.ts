import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { percentile } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 256

/** Whether those who wait wait about equally long. */
export const tailAt256Connections: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const create = creating(ours, { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds })
  const [created] = await turns(rounds, [create.run])
  create.check()
  const at = (share: number) => created!.map(({ latencies }) => percentile(latencies, share))
  const [p50, p99] = [at(0.5), at(0.99)]
  const tails = p99.map((value, index) => value / p50[index]!)
  return [
    row(`p50 of creates, ${CONNECTIONS} connections`, "ms", p50),
    row(`p99 of creates, ${CONNECTIONS} connections`, "ms", p99),
    row(`p99 ÷ p50 of creates, ${CONNECTIONS} connections`, "", tails, { atMost: 1.5 }),
  ]
}
