import { type Figure, row } from "../figure.ts"
import { loadFromThread } from "../load-thread.ts"
import { bytesOf, createTarget, creates, send } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { percentile } from "../statistics.ts"
import { turns } from "../turns.ts"

const WRITERS = 64
const READERS = 256

/** Whether those who write get their share beside many who read as fast as they are answered. */
export const createsBesideReaders: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const target = createTarget(ours.clientIds[0]!)
  await send(ours.url, { method: "POST", target, body: { phone_numbers: [{ number: "504-555-0123" }] } })
  const show = bytesOf({ method: "GET", target: `${target}/1` })
  const writing = { requests: creates(ours.clientIds), connections: WRITERS, statuses: [201] }
  const reading = { requests: [show], connections: READERS, statuses: [200] }
  const [both] = await turns(rounds, [
    () =>
      Promise.all(
        [writing, reading].map((load) => loadFromThread({ url: ours.url, seconds, warmSeconds: 0.3, ...load })),
      ),
  ])
  const of = (side: 0 | 1) => both!.map((sides) => sides[side]!)
  const rows = (what: string, side: 0 | 1) => [
    row(
      what,
      "/s",
      of(side).map(({ rate }) => rate),
    ),
    row(
      `p99 of ${what}`,
      "ms",
      of(side).map(({ latencies }) => percentile(latencies, 0.99)),
    ),
  ]
  return [
    ...rows(`creates, ${WRITERS} connections, beside ${READERS} that read`, 0),
    ...rows(`GETs, ${READERS} connections, beside ${WRITERS} that create`, 1),
  ]
}
