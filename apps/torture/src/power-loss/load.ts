import { type ClientId, type Credential, UnitOfWork } from "@phonebook/domain"
import { Database } from "@phonebook/persistence"
import { Effect } from "effect"
import { between, random } from "../random.ts"
import { COUNT_UNITS } from "./database.ts"
import type { Line } from "./history.ts"
import { backUp } from "./operator.ts"
import { makeUnits, type Unit } from "./units-of-work.ts"

// What a recorded process does to a database under load, and says of it.

/** So soon and so small that a short run checkpoints beside commits and without any, and begins the log anew often. */
export const PACE = { checkpointMillis: 30, maxLogFrames: 300 }
/** Most milliseconds that the operator rests, who makes a backup, erases a client and makes another backup. */
const OPERATOR_REST = 40
/** What is said of a unit that may be saved or not. */
const UNSURE = /whether this was saved/u

export type Say = (line: Line) => void

/** Fails where the unit is not saved, or nobody knows. */
export const runUnit = Effect.fnUntraced(function* (unit: Unit, say: Say) {
  const { run } = yield* UnitOfWork
  const { sqlite } = (yield* Database).writer
  const count = sqlite.prepare<[], number>(COUNT_UNITS).pluck()
  // By a clock that all processes share.
  const id = Number(process.hrtime.bigint())
  let changed = false
  // What changes nothing has read what the units before it did: its answer says that they are on the disk.
  const answered = yield* run(
    Effect.map(unit, (change) => {
      const units = count.get()!
      changed = change !== null
      if (change !== null) say({ ran: change, units, id })
      return units
    }),
  ).pipe(Effect.tapError(({ message }) => Effect.sync(() => changed && !UNSURE.test(message) && say({ refused: id }))))
  say({ answered })
})

export interface Load {
  readonly seed: string
  /** Not given to another load of this database before. */
  readonly name: string
  readonly fibers: number
  /** Of each fiber. */
  readonly units: number
  /** Most milliseconds that a fiber rests between two units, so that groups are of every size. */
  readonly restMillis: number
  readonly owner: Credential
  readonly clientIds: ReadonlyArray<ClientId>
  readonly say: Say
}

/** Many at once that write, one unit after the other. */
export const runLoad = ({ seed, name, fibers, units, restMillis, owner, clientIds, say }: Load) => {
  const fiber = Effect.fnUntraced(function* (index: number) {
    const draw = random(seed, index)
    const unitsFrom = (unit: number) => makeUnits(draw, `${name}-${index}-${unit}`, owner, clientIds)
    let next = unitsFrom(0)
    for (let unit = 0; unit < units; unit++) {
      // Who is refused begins anew: what it has made may not be there.
      if (!(yield* Effect.isSuccess(runUnit(next(), say)))) next = unitsFrom(unit + 1)
      yield* Effect.sleep(between(draw, 0, restMillis))
    }
  })
  return Effect.forEach(Array.from({ length: fibers }).keys(), fiber, { concurrency: "unbounded", discard: true })
}

export interface Operator {
  readonly file: string
  readonly seed: string
  /** Erases the client who is to be erased. */
  readonly erase: Effect.Effect<void, unknown>
  readonly say: Say
}

/** An operator beside them, who leaves it at that where something is refused. */
export const runOperator = ({ file, seed, erase, say }: Operator) => {
  const draw = random(seed, "operator")
  const rest = Effect.suspend(() => Effect.sleep(between(draw, 0, OPERATOR_REST)))
  const copy = Effect.andThen(rest, () => {
    say({ backup: "begun" })
    return Effect.map(backUp(file), () => say({ backup: "done" }))
  })
  return Effect.gen(function* () {
    yield* copy
    yield* rest
    say({ erasure: "begun" })
    yield* erase
    say({ erasure: "done" })
    yield* copy
  }).pipe(Effect.ignore)
}
