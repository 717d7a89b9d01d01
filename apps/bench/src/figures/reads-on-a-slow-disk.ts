import { type Figure, row } from "../figure.ts"
import { load } from "../load.ts"
import { loadFromThread } from "../load-thread.ts"
import { bytesOf, createTarget, creates, send } from "../requests.ts"
import { startPhonebook } from "../server.ts"
import { slowDisk } from "../slow-disk.ts"
import { percentile, ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const WRITERS = 64
const SLOWER_BY_MILLIS = 10
/** Four hundred reads a second: enough for a p99, and far from all that the server can do. */
const READERS = { connections: 8, every: 20 }
/** How long the writers are at work before the reads beside them begin, in seconds. */
const HEAD_START = 0.5

/** What a GET waits while every fsync takes 10 ms longer and as many creates as can be are under way. */
export const readsOnASlowDisk: Figure = async ({ folder, rounds, seconds, say }) => {
  const disk = await slowDisk(folder, SLOWER_BY_MILLIS)
  if (disk === undefined) {
    say("reads on a slow disk: not measured, it needs a C compiler (cc) and LD_PRELOAD")
    return []
  }
  await using ours = await startPhonebook(folder, { env: disk })
  const requests = creates(ours.clientIds)
  const target = createTarget(ours.clientIds[0]!)

  const began = performance.now()
  const answer = await send(ours.url, { method: "POST", target, body: { phone_numbers: [{ number: "504-555-0123" }] } })
  if (performance.now() - began < SLOWER_BY_MILLIS || answer.status !== 201) {
    say("reads on a slow disk: not measured, the preloaded library does not slow this server's fsync")
    return []
  }

  const show = bytesOf({ method: "GET", target: `${target}/1` })
  const read = () => load({ url: ours.url, requests: [show], ...READERS, seconds, warmSeconds: 0.3, statuses: [200] })
  const writing: Array<number> = []
  const readBesideWriters = async () => {
    const writers = loadFromThread({
      url: ours.url,
      requests,
      connections: WRITERS,
      seconds: seconds + 0.3,
      warmSeconds: HEAD_START,
      statuses: [201],
    })
    const [measured, { rate }] = await Promise.all([
      new Promise((resolve) => setTimeout(resolve, HEAD_START * 1000)).then(read),
      writers,
    ])
    writing.push(rate)
    return measured
  }
  const [alone, beside] = await turns(rounds, [read, readBesideWriters])
  const at = (share: number, measured: typeof alone) => measured!.map(({ latencies }) => percentile(latencies, share))
  const [quiet, busy] = [at(0.99, alone), at(0.99, beside)]
  return [
    row(`creates, ${WRITERS} connections, every fsync ${SLOWER_BY_MILLIS} ms slower`, "/s", writing.slice(1)),
    row("p50 of a GET beside them", "ms", at(0.5, beside)),
    row("p99 of a GET beside them", "ms", busy),
    row("p99 of a GET without them", "ms", quiet),
    row("p99 of a GET, with ÷ without", "", ratios(busy, quiet), { atMost: 1.5 }),
  ]
}
