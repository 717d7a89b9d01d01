// Writes to a database beside `workload.ts`, from when it is told to begin until it is told to end, and does what an operator
// does: node companion.ts <file> <seed>
import { once } from "node:events"
import { layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { countUnits } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside } from "./lines.ts"
import { PACE, runLoad, runOperator } from "./load.ts"
import { clientIdsNamed, eraseMarked } from "./operator.ts"
import { findOwner } from "./units-of-work.ts"

const [file = "", seed = ""] = process.argv.slice(2)
const say = linesBeside<Line>(file)

process.send!("ready")
await once(process, "message")

const toldToEnd = once(process, "message")

const found = countUnits(file)
/** As a command does, which opens the database anew. */
const open = <A, E>(
  work: Effect.Effect<A, E, Effect.Services<typeof findOwner> | Effect.Services<typeof eraseMarked>>,
) => Effect.provide(work, layer({ file, pace: PACE }))

const write = Effect.gen(function* () {
  // Who opens a database builds on what was there before.
  say({ answered: found })
  const owner = yield* findOwner
  const clientIds = yield* clientIdsNamed("Client %")
  // Few and seldom, so that most of what this process reads the other one has written.
  const load = { seed, name: `b${found}`, fibers: 3, units: Infinity, restMillis: 60, owner, clientIds, say }
  yield* Effect.raceFirst(
    runLoad(load),
    Effect.promise(() => toldToEnd),
  )
})

const operate = runOperator({ file, seed, erase: open(eraseMarked), say })
await Effect.runPromise(Effect.all([open(write), operate], { concurrency: "unbounded" }))
say({ second: "done" })
process.disconnect?.()
