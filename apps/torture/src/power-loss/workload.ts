// Writes to a database until it is done or killed:
// node workload.ts <file> <seed> <units of each fiber> <of each fiber of a second process, or alone>
import { fork } from "node:child_process"
import { once } from "node:events"
import { fileURLToPath } from "node:url"
import { createClients, UnitOfWork } from "@phonebook/domain"
import { Database, layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { COUNT_UNITS } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside, saidBeside } from "./lines.ts"
import { PACE, runLoad, runOperator, runUnit } from "./load.ts"
import { clientIdsNamed } from "./operator.ts"
import { MARK } from "./steps.ts"
import { begin, findOwner } from "./units-of-work.ts"

const COMPANION = fileURLToPath(new URL("companion.ts", import.meta.url))

const [file = "", seed = "", units = "", besideUnits = ""] = process.argv.slice(2)
const said = saidBeside<Line>(file)
const say = linesBeside<Line>(file)

/** A second process on the same database. Once it is answered, it can begin. */
const startCompanion = async () => {
  const companion = fork(COMPANION, [file, `${seed} beside`, besideUnits])
  await once(companion, "message")
  return Effect.promise(async () => {
    companion.send("begin", () => companion.disconnect())
    const [code] = (await once(companion, "exit")) as [number | null]
    // One that was killed was to be.
    if (code !== null && code !== 0) throw new Error("the second process failed")
  })
}

/** What an operator does, here or in another process. */
const beside = besideUnits === "alone" ? runOperator(file, seed, say) : await startCompanion()

const work = Effect.gen(function* () {
  const { sqlite } = (yield* Database).reader
  const unitsBefore = sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  say({ found: unitsBefore })

  if (unitsBefore === 0) yield* runUnit(begin, say)
  const owner = yield* findOwner
  if (!said.some((line) => "erasure" in line)) {
    const { run } = yield* UnitOfWork
    yield* run(createClients({ accountId: owner.accountId, drafts: [{ name: MARK }], defaultCountryCode: "1" }))
    say({ erasure: "ahead" })
  }

  const clientIds = yield* clientIdsNamed("Client %")
  const name = `${unitsBefore}`
  const load = runLoad({ seed, name, fibers: 64, units: Number(units), restMillis: 6, owner, clientIds, say })
  yield* Effect.all([load, beside], { concurrency: "unbounded" })
})

await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
