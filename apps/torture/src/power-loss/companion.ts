// Writes to a database beside `workload.ts`, which starts it, and does what an operator does:
// node companion.ts <file> <seed> <units of each fiber>
import { once } from "node:events"
import { layer } from "@phonebook/persistence"
import Sqlite from "better-sqlite3"
import { Effect } from "effect"
import { COUNT_UNITS } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside } from "./lines.ts"
import { PACE, runLoad, runOperator } from "./load.ts"
import { clientIdsNamed, eraseMarked } from "./operator.ts"
import { findOwner } from "./units-of-work.ts"

const [file = "", seed = "", units = ""] = process.argv.slice(2)
const say = linesBeside<Line>(file)

const countUnits = (): number => {
  const sqlite = new Sqlite(file, { readonly: true })
  try {
    return sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  } finally {
    sqlite.close()
  }
}

process.send!("ready")
await once(process, "message")

const found = countUnits()
/** As a command does, which opens the database anew. */
const open = <A, E>(
  work: Effect.Effect<A, E, Effect.Services<typeof findOwner> | Effect.Services<typeof eraseMarked>>,
) => Effect.provide(work, layer({ file, pace: PACE }))

const write = Effect.gen(function* () {
  // Who opens a database builds on what was there before.
  say({ answered: found })
  const owner = yield* findOwner
  const clientIds = yield* clientIdsNamed("Client %")
  // Few, so that most of what this process reads the other one has written.
  yield* runLoad({ seed, name: `b${found}`, fibers: 3, units: Number(units), restMillis: 20, owner, clientIds, say })
})

const operate = runOperator({ file, seed, erase: open(eraseMarked), say })
await Effect.runPromise(Effect.all([open(write), operate], { concurrency: "unbounded" }))
say({ second: "done" })
