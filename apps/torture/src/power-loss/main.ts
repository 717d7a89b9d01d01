import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { between, random } from "../random.ts"
import {
  type Cut,
  cutsInCompany,
  faultInMaintenance,
  faultsUnderLoad,
  killsInMaintenance,
  killsUnderLoad,
} from "./cuts.ts"
import { DATABASE, type Event, LOG } from "./journal.ts"
import { maintenanceWitness } from "./maintenance-witness.ts"
import { drawUnfinished, momentsOf, type Unfinished } from "./moments.ts"
import { failPower, failPowerAgain, type Witness } from "./power-loss.ts"
import { obstacle, recordMaintenance, recordUnits, recordUnitsInCompany } from "./recording.ts"
import { unitsWitness } from "./units-witness.ts"

/** Power losses in one recording, besides those around each of its syncs: of more, few would be new. */
const DRAWN = 100
/** Units of work of each fiber of the workload. */
const UNITS = 20

const usage = "pnpm torture:power-loss [--recordings 1] [--seed 1]"

const wholeNumber = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/u.test(text)) throw new Error(`--${name} must be a whole number from 1 on: ${usage}`)
  return Number(text)
}

const { values } = parseArgs({
  options: {
    recordings: { type: "string", default: "1" },
    seed: { type: "string", default: String(between(Math.random, 1, 999_999)) },
  },
})
const recordings = wholeNumber("recordings", values.recordings)
const seed = wholeNumber("seed", values.seed)

const say = (line: string) => process.stdout.write(`${line}\n`)
const many = (count: number, what: string) => `${count.toLocaleString("en")} ${what}`
const happened = (events: ReadonlyArray<Event>, kind: Event["kind"]) =>
  events.filter((event) => event.kind === kind).length

interface Recording {
  readonly name: string
  readonly events: ReadonlyArray<Event>
  readonly witness: Witness
  readonly parent: string
}

/** Lets the power fail, and after the losses that leave this unfinished once more, during the start that follows. */
const failAll = async function* ({ name, events, ...recording }: Recording, unfinished: ReadonlyArray<Unfinished>) {
  const moments = momentsOf(events, DRAWN, random(name, "moments"))
  const starts = new Set(drawUnfinished(events, unfinished, random(name, "starts")))
  for await (const loss of failPower({ ...recording, events, moments, seed: name })) {
    yield { ...loss, again: false }
    if (!starts.delete(loss.moment)) continue
    for await (const second of failPowerAgain(loss, { ...recording, seed: name })) yield { ...second, again: true }
  }
}

/** Up to the first loss with discrepancies. How many losses there were, or null where one had any. */
const play = async (recording: Recording, unfinished: ReadonlyArray<Unfinished>): Promise<number | null> => {
  const { name, events } = recording
  let [losses, again, answered, more] = [0, 0, 0, 0]
  for await (const loss of failAll(recording, unfinished)) {
    losses++
    answered = loss.answered
    if (loss.again) again++
    else if (loss.found > loss.answered) more++
    for (const discrepancy of loss.discrepancies) say(`  ${discrepancy}`)
    if (loss.discrepancies.length > 0) return null
  }
  say(
    `${name}: ${many(happened(events, "written"), "writes")}, ${many(happened(events, "synced"), "syncs")}, ` +
      `${happened(events, "sync failed")} failed; ` +
      `${many(losses - again, "power losses")}, the last after ${many(answered, "units or steps")}; ${more} left more than was answered; ` +
      `${many(again, "more")} in ${unfinished.length} starts after one`,
  )
  return losses
}

const withUnits =
  (record: typeof recordUnits, units = UNITS) =>
  (parent: string, name: string, cuts: ReadonlyArray<Cut>) =>
    record(parent, name, units, cuts)

/** What is recorded, how it is cut short, who knows what it promises, and what is unfinished when a start is disturbed too. */
const KINDS = {
  units: {
    record: withUnits(recordUnits),
    drawCuts: killsUnderLoad,
    makeWitness: unitsWitness,
    unfinished: [LOG, LOG, DATABASE, DATABASE],
  },
  "units-in-company": {
    // There are more processes, and more syncs in which few have a part.
    record: withUnits(recordUnitsInCompany, UNITS / 2),
    drawCuts: cutsInCompany,
    makeWitness: unitsWitness,
    unfinished: [LOG, DATABASE],
  },
  maintenance: {
    record: recordMaintenance,
    drawCuts: killsInMaintenance,
    makeWitness: maintenanceWitness,
    unfinished: ["migrated", "erased", "restored"],
  },
  "units-on-a-faulty-disk": {
    record: withUnits(recordUnits),
    drawCuts: faultsUnderLoad,
    makeWitness: unitsWitness,
    unfinished: [LOG],
  },
  "maintenance-on-a-faulty-disk": {
    record: recordMaintenance,
    drawCuts: faultInMaintenance,
    makeWitness: maintenanceWitness,
    unfinished: ["restored"],
  },
} as const

/** Makes every recording and plays it. How many losses there were, or null where one had discrepancies. */
const playAll = async (folder: string): Promise<number | null> => {
  let losses = 0
  for (let recording = 1; recording <= recordings; recording++) {
    for (const [kind, { record, drawCuts, makeWitness, unfinished }] of Object.entries(KINDS)) {
      const name = `${kind}-${seed}.${recording}`
      const parent = join(folder, name)
      mkdirSync(parent)
      const events = record(parent, name, drawCuts(random(name, "cuts")))
      const here = await play({ name, events, witness: makeWitness(events), parent }, unfinished)
      if (here === null) return null
      losses += here
      rmSync(parent, { recursive: true })
    }
  }
  return losses
}

const trouble = obstacle()
if (trouble === undefined) {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-power-loss-"))
  say(`seed ${seed}, ${folder}`)
  const losses = await playAll(folder)
  if (losses !== null) {
    say(`${many(losses, "power losses")}: all that was answered was there, and nothing by half`)
    rmSync(folder, { recursive: true })
  } else {
    say(`FAILED, seed ${seed}: what is left is in ${folder}`)
    process.exitCode = 1
  }
} else say(`power loss was not tested here: ${trouble}`)
