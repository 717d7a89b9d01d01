import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { grow } from "../grow.ts"
import { creates, createTarget, documented, send } from "../requests.ts"
import { startPhonebook, startPhonebookOn } from "../server.ts"
import { percentile, ratios } from "../statistics.ts"
import { turns } from "../turns.ts"

/** The part of the rows that belong to the client that grows. */
const SHARE_OF_CLIENT = 0.1

/** A create into a client that has a tenth of a large table, beside one into a client that has nothing, in a table of nothing. */
export const growth: Figure = async ({ folder, rounds, seconds, growthRows, say }) => {
  const { file, clientIds } = await (async () => {
    await using store = await startPhonebook(folder)
    const target = createTarget(store.clientIds[0]!)
    await send(store.url, { method: "POST", target, body: { phone_numbers: [documented(0)] } })
    return store
  })()
  say(`growth: filling ${file} with ${growthRows.toLocaleString("en")} rows`)
  grow({ file, clientIds, rows: growthRows, ofFirstClient: growthRows * SHARE_OF_CLIENT })

  await using grown = await startPhonebookOn(file)
  await using empty = await startPhonebook(folder)
  const sides = [{ url: grown.url, file }, empty].map((store) => (connections: number) => {
    // To the same client of both: the numbers of an empty one stay few beside those of the other.
    const requests = creates(clientIds.slice(0, 1))
    return creating(store, { requests, connections, seconds })
  })
  const measure = async (connections: number) => {
    const creations = sides.map((side) => side(connections))
    const measured = await turns(
      rounds,
      creations.map(({ run }) => run),
    )
    for (const { check } of creations) check()
    return measured
  }
  const p50 = (await measure(1)).map((side) => side.map(({ latencies }) => percentile(latencies, 0.5)))
  const rates = (await measure(64)).map((side) => side.map(({ rate }) => rate))
  const large = `${growthRows.toLocaleString("en")} rows`
  return [
    row(`p50 of a create, one connection, ${large}`, "ms", p50[0]!),
    row("p50 of a create, one connection, empty", "ms", p50[1]!),
    row(`p50, ${large} ÷ empty`, "", ratios(p50[0]!, p50[1]!), { atMost: 1.2 }),
    row(`creates, 64 connections, ${large} ÷ empty`, "", ratios(rates[0]!, rates[1]!)),
  ]
}
