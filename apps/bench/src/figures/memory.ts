import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { hasProc, residentMegabytes } from "../process.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"

const CONNECTIONS = 64
const SAMPLE_EVERY_MILLIS = 100

/** The resident set under saturation, and whether it is after many requests what it was after a tenth of them. */
export const memory: Figure = async ({ folder, memoryRequests, say }) => {
  if (!hasProc) {
    say("memory: not measured, it needs /proc")
    return []
  }
  await using ours = await startPhonebook(folder)
  const create = creating(ours, { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds: 1 })
  const samples: Array<{ readonly done: number; readonly megabytes: number }> = []
  let done = 0
  const sampling = setInterval(
    () => samples.push({ done, megabytes: residentMegabytes(ours.pid) }),
    SAMPLE_EVERY_MILLIS,
  )
  try {
    while (done < memoryRequests) done += (await create.run()).total
  } finally {
    clearInterval(sampling)
  }
  create.check()
  const within = (from: number, to: number) =>
    samples.filter((sample) => sample.done >= from * done && sample.done <= to * done).map(({ megabytes }) => megabytes)
  const [early, late] = [Math.max(...within(0, 0.1)), Math.max(...within(0.9, 1))]
  return [
    row(`resident memory, most, after ${Math.round(done / 10).toLocaleString("en")} creates`, "MB", [early]),
    row(`resident memory, most, after ${done.toLocaleString("en")} creates`, "MB", [late], { atMost: 200 }),
  ]
}
