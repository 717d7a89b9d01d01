import { type Figure, row } from "../figure.ts"
import { load } from "../load.ts"
import { loadFromThread } from "../load-thread.ts"
import { bytesOf, createTarget, creates, send } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { percentile } from "../statistics.ts"
import { turns } from "../turns.ts"

const WRITERS = 64
const READERS = 256
/** How long the readers are at work before the writers come, in seconds. */
const HEAD_START = 1

/** Whether those who write get their share beside many who read as fast as they are answered. */
export const createsBesideReaders: Figure = async ({ folder, rounds, seconds }) => {
  await using ours = await startPhonebook(folder)
  const { url } = ours
  const target = createTarget(ours.clientIds[0]!)
  await send(url, { method: "POST", target, body: { phone_numbers: [{ number: "504-555-0123" }] } })
  const show = bytesOf({ method: "GET", target: `${target}/1` })
  const requests = creates(ours.clientIds)

  const [created] = await turns(rounds, [
    async () => {
      const reading = loadFromThread({
        url,
        requests: [show],
        connections: READERS,
        seconds: HEAD_START + seconds + 1,
        warmSeconds: 0,
        statuses: [200],
      })
      let alone = false
      void reading.then(() => (alone = true))
      await new Promise((resolve) => setTimeout(resolve, HEAD_START * 1000))
      const measured = await load({ url, requests, connections: WRITERS, seconds, warmSeconds: 0.3, statuses: [201] })
      if (alone) throw new Error("the readers ended before the writers were measured: they were let in too late")
      await reading
      return measured
    },
  ])
  const name = `creates, ${WRITERS} connections, beside ${READERS} that read`
  return [
    row(
      name,
      "/s",
      created!.map(({ rate }) => rate),
    ),
    row(
      `p99 of ${name}`,
      "ms",
      created!.map(({ latencies }) => percentile(latencies, 0.99)),
    ),
    row(
      `until each of the ${WRITERS} was answered once`,
      "ms",
      created!.map(({ untilAllAnswered }) => untilAllAnswered),
    ),
  ]
}
