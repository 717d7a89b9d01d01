import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { between, random } from "../random.ts"
import { type Files, makeDisk } from "./disk.ts"
import { type Event, FOLDER, readJournal } from "./journal.ts"
import type { Step } from "./steps.ts"

const SOURCE = fileURLToPath(new URL("record.c", import.meta.url))
const WORKLOAD = fileURLToPath(new URL("workload.ts", import.meta.url))
const MAINTENANCE = fileURLToPath(new URL("maintenance.ts", import.meta.url))
const START = fileURLToPath(new URL("start.ts", import.meta.url))

export const DATABASE = "phonebook.db"
export const LOG = `${DATABASE}-wal`

/** Why nothing can be recorded on this machine; undefined where it can. */
export const obstacle = (): string | undefined => {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
  if (glibcVersionRuntime === undefined) return "it needs Linux with the GNU C library"
  return spawnSync("cc", ["--version"]).error === undefined ? undefined : "it needs a C compiler, `cc`"
}

/**
 * Has a process write to a database in a folder that is not there, be killed during its start, a second one under load, and a third one end well.
 * Answers what they told the disk, all in one order. Needs an empty folder.
 */
export const recordUnits = (parent: string, seed: string, units: number): ReadonlyArray<Event> => {
  const draw = random(seed, "kill")
  const killed = [between(draw, 5, 60), between(draw, 1000, 3000), 0]
  return record(
    parent,
    killed.map((killAfter) => ({ program: WORKLOAD, args: [`${seed} ${killAfter}`, String(units)], killAfter })),
  )
}

/** Within how many events of a step its process is killed: each has some more. */
const CUT_SHORT: ReadonlyArray<readonly [Step["kind"], number]> = [
  ["migrated", 100],
  ["backed up", 35],
  ["erased", 120],
  ["restored", 100],
]

/**
 * Has a database migrated, backed up, cleared of a client and restored, and written to in between. A process is killed in
 * the midst of each of the four, and the next one takes it up again. Needs an empty folder.
 */
export const recordMaintenance = (parent: string, seed: string): ReadonlyArray<Event> => {
  // Its first version is put there.
  mkdirSync(folderOf(parent), { recursive: true })
  const draw = random(seed, "kill")
  const killed = CUT_SHORT.map(([kind, events]) => ({
    program: MAINTENANCE,
    args: [seed],
    killIn: JSON.stringify(kind),
    killAfter: between(draw, 1, events),
  }))
  return record(parent, [...killed, { program: MAINTENANCE, args: [seed], killAfter: 0 }])
}

/** Has a process start on these files and stop. Needs an empty folder. */
export const recordStart = (parent: string, before: Files): ReadonlyArray<Event> => {
  const folder = folderOf(parent)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of before) writeFileSync(join(folder, name), content)
  return record(parent, [{ program: START, args: [], killAfter: 0 }], before)
}

const folderOf = (parent: string): string => join(realpathSync(parent), "recorded", FOLDER)

interface Run {
  readonly program: string
  /** After the path of the database. */
  readonly args: ReadonlyArray<string>
  /** Events until it is killed; 0 for one that ends by itself. */
  readonly killAfter: number
  /** What the lines before and after the step have in them in which it is killed: events count from there on. */
  readonly killIn?: string
}

const record = (parent: string, runs: ReadonlyArray<Run>, before?: Files): ReadonlyArray<Event> => {
  const [library, journal] = [join(parent, "record.so"), join(parent, "journal")]
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-pthread"])
  const folder = folderOf(parent)
  mkdirSync(dirname(folder), { recursive: true })

  for (const { program, args, killAfter, killIn } of runs) {
    const { signal, status, stderr } = spawnSync(process.execPath, [program, join(folder, DATABASE), ...args], {
      env: {
        LD_PRELOAD: library,
        POWER_LOSS_FOLDER: dirname(folder),
        POWER_LOSS_JOURNAL: journal,
        POWER_LOSS_KILL_AFTER: String(killAfter),
        ...(killIn !== undefined && { POWER_LOSS_KILL_IN: killIn }),
      },
      encoding: "utf8",
    })
    if (signal !== "SIGKILL" && status !== 0) throw new Error(`${program} failed (${status ?? signal}): ${stderr}`)
  }

  const events = readJournal(journal, dirname(folder))
  checkComplete(events, dirname(folder), before)
  return events
}

/** What the journal says must be what is there: else it has missed something, and proves nothing. */
const checkComplete = (events: ReadonlyArray<Event>, parent: string, before?: Files): void => {
  const disk = makeDisk(before)
  for (const event of events) disk.happen(event)
  const files = disk.whole()
  const there = readdirSync(parent, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name, parentPath }) => [name, readFileSync(join(parentPath, name))] as const)
  for (const [name, content] of there) {
    if (!files.get(name)?.equals(content)) throw new Error(`the journal has missed some of ${name}`)
  }
  if (there.length !== files.size) throw new Error("the journal has missed the end of a file")
}
