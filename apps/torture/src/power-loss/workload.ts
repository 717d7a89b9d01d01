// Writes to a database until it is done or killed, alone or beside a second process (`company.ts`):
// node workload.ts <file> <seed> <units of each fiber> alone|beside|again-beside
import { once } from "node:events"
import { createClients, UnitOfWork } from "@phonebook/domain"
import { Database, layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { COUNT_UNITS, countUnits } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside, saidBeside } from "./lines.ts"
import { PACE, runLoad, runOperator, runUnit } from "./load.ts"
import { clientIdsNamed, eraseMarked } from "./operator.ts"
import { MARK } from "./steps.ts"
import { begin, findOwner } from "./units-of-work.ts"

/** Who else has the database open: nobody; a second process, once the clients are there; or one that has written before. */
export type Company = "alone" | "beside" | "again-beside"

const [file = "", seed = "", units = "", company = "alone"] = process.argv.slice(2)
const say = linesBeside<Line>(file)

if (company !== "alone") {
  process.send!("ready")
  await once(process, "message")
}

const said = saidBeside<Line>(file)
/** What was there before it opened the database is on the disk then; what others have written meanwhile need not be. */
const foundBefore = company === "again-beside" ? countUnits(file) : undefined

const work = Effect.gen(function* () {
  const { sqlite } = (yield* Database).reader
  const unitsBefore = foundBefore ?? sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  if (foundBefore !== undefined) say({ first: "again" })
  say(foundBefore === undefined ? { found: unitsBefore } : { answered: foundBefore })

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
  const erase = Effect.provide(eraseMarked, yield* Effect.context<UnitOfWork | Database>())
  // The second process does what an operator does; from here on it can begin.
  const operator = company === "alone" ? runOperator({ file, seed, erase, say }) : Effect.void
  process.send?.("under way")
  yield* Effect.all([load, operator], { concurrency: "unbounded" })
})

await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
