// Writes to a database until it is done or killed: node workload.ts <file> <seed> <units of each fiber>
import { type ClientId, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Database, layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { between, random } from "../random.ts"
import { COUNT_UNITS } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside } from "./lines.ts"
import { begin, credential, makeUnits, type Unit } from "./units-of-work.ts"

const FIBERS = 64
/** Most milliseconds that a fiber rests between two units, so that groups are of every size. */
const REST = 6
/** So soon and so small that a short run checkpoints beside commits and without any, and begins the log anew often. */
const PACE = { checkpointMillis: 30, maxLogFrames: 300 }

const [file = "", seed = "", units = ""] = process.argv.slice(2)
const say = linesBeside<Line>(file)

const work = Effect.gen(function* () {
  const unitOfWork = yield* UnitOfWork
  const { sqlite } = (yield* Database).reader
  let count = sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  say({ found: count })

  const run = Effect.fnUntraced(function* (unit: Unit) {
    // What changes nothing has read what the units before it did: its answer says that they are on the disk.
    const number = yield* unitOfWork.run(
      Effect.map(unit, (change) => {
        if (change === null) return count
        say({ ran: change })
        return ++count
      }),
    )
    say({ answered: number })
  })

  if (count === 0) yield* run(begin)
  const found = yield* unitOfWork.read(CredentialRepository.use(({ find }) => find(credential.token)))
  const unitsBefore = count
  const clientIds = sqlite.prepare<[], ClientId>("SELECT id FROM clients").pluck().all()

  const fiber = Effect.fnUntraced(function* (index: number) {
    const draw = random(seed, index)
    const next = makeUnits(draw, `${unitsBefore}-${index}`, found!, clientIds)
    for (let unit = 0; unit < Number(units); unit++) {
      yield* run(next())
      yield* Effect.sleep(between(draw, 0, REST))
    }
  })
  yield* Effect.forEach(Array.from({ length: FIBERS }).keys(), fiber, { concurrency: "unbounded", discard: true })
})

await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
