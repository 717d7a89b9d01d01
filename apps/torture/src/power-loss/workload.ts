// Writes to a database until it is done or killed, alone or beside a second process:
// node workload.ts <file> <seed> <units of each fiber> alone|in-company
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
import { clientIdsNamed, eraseMarked } from "./operator.ts"
import { MARK } from "./steps.ts"
import { begin, findOwner } from "./units-of-work.ts"

const COMPANION = fileURLToPath(new URL("companion.ts", import.meta.url))

const [file = "", seed = "", units = "", company = ""] = process.argv.slice(2)
const said = saidBeside<Line>(file)
const say = linesBeside<Line>(file)

/** Starts the second process; what is answered lets it begin, and waits for its end. */
const startCompanion = async () => {
  const companion = fork(COMPANION, [file, `${seed} beside`, units])
  await once(companion, "message")
  return Effect.promise(async () => {
    companion.send("begin", () => companion.disconnect())
    const [code, signal] = (await once(companion, "exit")) as [number | null, NodeJS.Signals | null]
    if (code !== 0 && signal !== "SIGKILL") throw new Error(`the second process failed (${code ?? signal})`)
  })
}

const companion = company === "alone" ? undefined : await startCompanion()

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
  const erase = Effect.provide(eraseMarked, yield* Effect.context<UnitOfWork | Database>())
  yield* Effect.all([load, companion ?? runOperator({ file, seed, erase, say })], { concurrency: "unbounded" })
})

await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
