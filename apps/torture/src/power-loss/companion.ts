// Writes to a database beside `workload.ts`, which starts it, and does what an operator does:
// node companion.ts <file> <seed> <units of each fiber>
import { once } from "node:events"
import { layer } from "@phonebook/persistence"
import { Effect } from "effect"
import type { Line } from "./history.ts"
import { linesBeside } from "./lines.ts"
import { PACE, runLoad, runOperator } from "./load.ts"
import { clientIdsNamed } from "./operator.ts"
import { findOwner } from "./units-of-work.ts"

const [file = "", seed = "", units = ""] = process.argv.slice(2)
const say = linesBeside<Line>(file)

const work = Effect.gen(function* () {
  const owner = yield* findOwner
  const clientIds = yield* clientIdsNamed("Client %")
  // Few, so that most of what this process reads the other one has written.
  const load = { seed, name: "beside", fibers: 3, units: Number(units), restMillis: 20, owner, clientIds, say }
  yield* Effect.all([runLoad(load), runOperator(file, seed, say)], { concurrency: "unbounded" })
})

process.send!("ready")
await once(process, "message")
await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
