import { join } from "node:path"
import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { fsyncsPerCreate } from "../fsyncs.ts"
import { installPeers, peerVersions, startPeer } from "../peers.ts"
import { creates } from "../requests.ts"
import { checkSameJob } from "../same-job.ts"
import { startPhonebook } from "../server.ts"
import { percentile, ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

const CONNECTIONS = 64

/** Durable creates a second, beside what a user would pick instead at the same durability. */
export const createsBesidePeers: Figure = async ({ folder, rounds, seconds, say }) => {
  const peers = await installPeers(say)
  say(peerVersions())
  await using stack = new AsyncDisposableStack()
  const ours = stack.use(await startPhonebook(folder))
  const servers = await Promise.all(
    peers.map(async (peer) => ({ ...peer, ...stack.use(await startPeer(peer, folder)) })),
  )
  for (const { name, said } of servers) say(`${name}: ${said.split(";")[0]}`)
  await checkSameJob(ours, servers)

  const requests = creates(ours.clientIds)
  const measure = async (connections: number) => {
    const creations = [ours, ...servers].map((server) => creating(server, { requests, connections, seconds }))
    const measured = await turns(
      rounds,
      creations.map(({ run }) => run),
    )
    for (const { check } of creations) check()
    return measured
  }
  const measured = await measure(CONNECTIONS)
  const alone = (await measure(1)).map((side) => side.map(({ latencies }) => percentile(latencies, 0.5)))
  await stack.disposeAsync()

  const counts = (name: string) => ({ requests, connections: CONNECTIONS, counts: join(folder, `${name}.strace`) })
  const synced = [
    await fsyncsPerCreate((launch) => startPhonebook(folder, launch), counts("Phonebook")),
    ...(await peersInTurn(peers, (peer) =>
      fsyncsPerCreate((launch) => startPeer(peer, folder, launch), counts(peer.name)),
    )),
  ]
  if (synced.includes(undefined)) say("fsyncs: not counted, strace is absent or not allowed here")

  const rates = measured.map((side) => side.map(({ rate }) => rate))
  const names = ["Phonebook", ...peers.map(({ name }) => name)]
  return [
    ...names.map((name, index) => row(`durable creates, ${CONNECTIONS} connections, ${name}`, "/s", rates[index]!)),
    ...peers.map(({ name, goal }, index) =>
      row(`creates ÷ ${name}`, "", ratios(rates[0]!, rates[index + 1]!), { atLeast: goal }),
    ),
    ...names.map((name, index) => row(`p50 of a create, one connection, ${name}`, "ms", alone[index]!)),
    ...names.flatMap((name, index) =>
      synced[index] === undefined ? [] : [row(`fsyncs a create, ${name}`, "", [synced[index]])],
    ),
  ]
}

const peersInTurn = async <A, B>(peers: ReadonlyArray<A>, each: (peer: A) => Promise<B>): Promise<ReadonlyArray<B>> => {
  const results: Array<B> = []
  for (const peer of peers) results.push(await each(peer))
  return results
}
