import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { turns } from "../turns.ts"

const NUMBERS = 100
const CONNECTIONS = 64

/** Numbers a second when each request brings as many as it may. */
export const numbersInHundreds: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const requests = creates(ours.clientIds, { requests: 1000, numbers: NUMBERS })
  const create = creating(ours, { requests, connections: CONNECTIONS, seconds, numbers: NUMBERS })
  const [created] = await turns(rounds, [create.run])
  create.check()
  const rates = created!.map(({ rate }) => rate * NUMBERS)
  return [row(`numbers in requests of ${NUMBERS}, ${CONNECTIONS} connections`, "/s", rates, { atLeast: 120_000 })]
}
