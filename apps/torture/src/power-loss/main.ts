import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import { between, random } from "../random.ts"
import type { Event } from "./journal.ts"
import { maintenanceWitness } from "./maintenance-witness.ts"
import { failPower, momentsOf, type Witness } from "./power-loss.ts"
import { obstacle, recordMaintenance, recordUnits } from "./recording.ts"
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

/** Lets the power fail, up to the first loss with discrepancies. How many losses there were, or null where one had any. */
const play = async (
  name: string,
  events: ReadonlyArray<Event>,
  witness: Witness,
  parent: string,
): Promise<number | null> => {
  const moments = momentsOf(events, DRAWN, random(name, "moments"))
  let [losses, answered, more] = [0, 0, 0]
  for await (const finding of failPower(events, { moments, seed: name, parent, witness })) {
    losses++
    answered = finding.answered
    if (finding.found > finding.answered) more++
    for (const discrepancy of finding.discrepancies) say(`  ${discrepancy}`)
    if (finding.discrepancies.length > 0) return null
  }
  say(
    `${name}: ${many(happened(events, "written"), "writes")}, ${many(happened(events, "synced"), "syncs")}; ` +
      `${many(losses, "power losses")}, the last after ${many(answered, "units or steps")}; ${more} left more than was answered`,
  )
  return losses
}

/** What is recorded, and who knows what it promises. */
const KINDS = {
  units: { record: (parent: string, name: string) => recordUnits(parent, name, UNITS), makeWitness: unitsWitness },
  maintenance: { record: recordMaintenance, makeWitness: maintenanceWitness },
}

/** Makes every recording and plays it. How many losses there were, or null where one had discrepancies. */
const playAll = async (folder: string): Promise<number | null> => {
  let losses = 0
  for (let recording = 1; recording <= recordings; recording++) {
    for (const [kind, { record, makeWitness }] of Object.entries(KINDS)) {
      const name = `${kind}-${seed}.${recording}`
      const parent = join(folder, name)
      mkdirSync(parent)
      const events = record(parent, name)
      const here = await play(name, events, makeWitness(events), parent)
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
