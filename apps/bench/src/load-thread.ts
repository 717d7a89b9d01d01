import { once } from "node:events"
import { parentPort, Worker, workerData } from "node:worker_threads"
import { load, type Load, type Measured } from "./load.ts"

/** The load from a thread of its own: what it takes of the processor delays no answer that is measured beside it. */
export const loadFromThread = async (given: Load): Promise<Measured> => {
  const [measured] = await once(new Worker(new URL(import.meta.url), { workerData: given }), "message")
  return measured
}

if (parentPort !== null) parentPort.postMessage(await load(workerData))
