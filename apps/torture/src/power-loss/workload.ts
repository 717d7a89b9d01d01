// Writes to a database until it is done or killed: node workload.ts <file> <seed> <units of each fiber>
import { createClients, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Database, layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { between, random } from "../random.ts"
import { COUNT_UNITS } from "./database.ts"
import type { Line } from "./history.ts"
import { linesBeside, saidBeside } from "./lines.ts"
import { backUp, clientIdsNamed, eraseMarked } from "./operator.ts"
import { MARK } from "./steps.ts"
import { begin, credential, makeUnits, type Unit } from "./units-of-work.ts"

const FIBERS = 64
/** Most milliseconds that a fiber rests between two units, so that groups are of every size. */
const REST = 6
/** And that the operator rests, who makes a backup, erases a client and makes another backup beside them. */
const OPERATOR_REST = 40
/** So soon and so small that a short run checkpoints beside commits and without any, and begins the log anew often. */
const PACE = { checkpointMillis: 30, maxLogFrames: 300 }
/** What is said of a unit that may be saved or not. */
const UNSURE = /whether this was saved/u

const [file = "", seed = "", units = ""] = process.argv.slice(2)
const said = saidBeside<Line>(file)
const say = linesBeside<Line>(file)

const work = Effect.gen(function* () {
  const unitOfWork = yield* UnitOfWork
  const { sqlite } = (yield* Database).reader
  const unitsBefore = sqlite.prepare<[], number>(COUNT_UNITS).pluck().get()!
  say({ found: unitsBefore })
  let lastId = Math.max(0, ...said.flatMap((line) => ("ran" in line ? [line.id] : [])))

  /** Fails where the unit is not saved, or nobody knows. */
  const run = Effect.fnUntraced(function* (unit: Unit) {
    let own: number | undefined
    // What changes nothing has read what the units before it did: its answer says that they are on the disk.
    const answered = yield* unitOfWork
      .run(
        Effect.map(unit, (change) => {
          if (change === null) return lastId
          own = ++lastId
          say({ ran: change, id: own })
          return own
        }),
      )
      .pipe(
        Effect.tapError(({ message }) =>
          Effect.sync(() => own !== undefined && !UNSURE.test(message) && say({ refused: own })),
        ),
      )
    say({ answered })
  })

  if (unitsBefore === 0) yield* run(begin)
  const found = yield* unitOfWork.read(CredentialRepository.use(({ find }) => find(credential.token)))
  const clientIds = yield* clientIdsNamed("Client %")
  if (!said.some((line) => "erasure" in line)) {
    const drafts = [{ name: MARK }]
    yield* unitOfWork.run(createClients({ accountId: found!.accountId, drafts, defaultCountryCode: "1" }))
    say({ erasure: "ahead" })
  }

  const fiber = Effect.fnUntraced(function* (index: number) {
    const draw = random(seed, index)
    const unitsFrom = (unit: number) => makeUnits(draw, `${unitsBefore}-${index}-${unit}`, found!, clientIds)
    let next = unitsFrom(0)
    for (let unit = 0; unit < Number(units); unit++) {
      // Who is refused begins anew: what it has made may not be there.
      if (!(yield* Effect.isSuccess(run(next())))) next = unitsFrom(unit + 1)
      yield* Effect.sleep(between(draw, 0, REST))
    }
  })

  const maintain = Effect.gen(function* () {
    const draw = random(seed, "operator")
    const rest = Effect.suspend(() => Effect.sleep(between(draw, 0, OPERATOR_REST)))
    const copy = Effect.andThen(rest, () => {
      say({ backup: "begun" })
      return Effect.map(backUp(file), () => say({ backup: "done" }))
    })
    yield* copy
    yield* rest
    say({ erasure: "begun" })
    yield* eraseMarked
    say({ erasure: "done" })
    yield* copy
  })
  // An operator who is refused leaves it at that.
  const operator = Effect.ignore(maintain)
  const fibers = Effect.forEach(Array.from({ length: FIBERS }).keys(), fiber, { concurrency: "unbounded" })
  yield* Effect.all([fibers, operator], { concurrency: "unbounded" })
})

await Effect.runPromise(work.pipe(Effect.provide(layer({ file, pace: PACE }))))
