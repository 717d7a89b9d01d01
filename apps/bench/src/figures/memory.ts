import { creating } from "../creating.ts"
import { type Figure, row } from "../figure.ts"
import { hasProc, residentMegabytes } from "../process.ts"
import { creates } from "../requests.ts"
import { startPhonebook } from "../server.ts"

const CONNECTIONS = 64
const SAMPLE_EVERY_MILLIS = 100

/** The resident set under saturation, and whether it ends where it was. */
export const memory: Figure = async ({ folder, memoryRequests, say }) => {
  if (!hasProc) {
    say("memory: not measured, it needs /proc")
    return []
  }
  await using ours = await startPhonebook(folder)
  const create = creating(ours, { requests: creates(ours.clientIds), connections: CONNECTIONS, seconds: 1 })
  const samples: Array<number> = []
  const sampling = setInterval(() => samples.push(residentMegabytes(ours.pid)), SAMPLE_EVERY_MILLIS)
  let done = 0
  try {
    while (done < memoryRequests) done += (await create.run()).total
  } finally {
    clearInterval(sampling)
  }
  create.check()
  const tenth = Math.ceil(samples.length / 10)
  const [early, late] = [Math.max(...samples.slice(0, tenth)), Math.max(...samples.slice(-tenth))]
  return [
    row(`resident memory, most, first tenth of ${done.toLocaleString("en")} creates`, "MB", [early]),
    row(`resident memory, most, last tenth of ${done.toLocaleString("en")} creates`, "MB", [late], { atMost: 200 }),
  ]
}
