import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { load } from "../load.ts"
import { creates } from "../requests.ts"
import { startEcho, startPhonebook } from "../server.ts"
import { ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 64

/** Durable creates a second, beside what the stack does when there is nothing to do. */
export const createsBesideEcho: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  await using echo = await startEcho(folder)
  const requests = creates(ours.clientIds)
  const create = creating(ours, { requests, connections: CONNECTIONS, seconds })
  const [created, echoed] = await turns(rounds, [
    create.run,
    () => load({ url: echo.url, requests, connections: CONNECTIONS, seconds, warmSeconds: 0.3, statuses: [201] }),
  ])
  create.check()
  const [ourRates, echoRates] = [created!.map(({ rate }) => rate), echoed!.map(({ rate }) => rate)]
  return [
    row(`durable creates, ${CONNECTIONS} connections`, "/s", ourRates),
    row(`bare Hono echo of the same body`, "/s", echoRates),
    row(`creates ÷ echo`, "", ratios(ourRates, echoRates), { atLeast: 0.8 }),
  ]
}
