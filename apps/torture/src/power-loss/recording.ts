import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { type Cut, orders } from "./cuts.ts"
import { type Files, makeDisk } from "./disk.ts"
import type { Line } from "./history.ts"
import { DATABASE, type Event, FOLDER, readJournal } from "./journal.ts"
import { linesOf } from "./lines.ts"

const SOURCE = fileURLToPath(new URL("record.c", import.meta.url))
const WORKLOAD = fileURLToPath(new URL("workload.ts", import.meta.url))
const COMPANY = fileURLToPath(new URL("company.ts", import.meta.url))
const MAINTENANCE = fileURLToPath(new URL("maintenance.ts", import.meta.url))
const START = fileURLToPath(new URL("start.ts", import.meta.url))

/** Why nothing can be recorded on this machine; undefined where it can. */
export const obstacle = (): string | undefined => {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
  if (glibcVersionRuntime === undefined) return "it needs Linux with the GNU C library"
  return spawnSync("cc", ["--version"]).error === undefined ? undefined : "it needs a C compiler, `cc`"
}

type RecordUnits = (
  parent: string,
  seed: string,
  /** Of each fiber. */
  units: number,
  cuts: ReadonlyArray<Cut>,
) => ReadonlyArray<Event>

const recorder =
  (program: typeof WORKLOAD | typeof COMPANY): RecordUnits =>
  (parent, seed, units, cuts) => {
    const events = record(
      parent,
      [...cuts, undefined].map((cut, index) => ({
        program,
        args: [`${seed} ${index}`, String(units)],
        cut,
      })),
    )
    checkDone(events.flatMap(linesOf<Line>), program === COMPANY)
    return events
  }

/** Where nobody is cut short everybody must come to the end. */
const checkDone = (lines: ReadonlyArray<Line>, inCompany: boolean): void => {
  const last = lines.slice(lines.findLastIndex((line) => "found" in line))
  const isDone = (line: Line) =>
    ("backup" in line && line.backup === "done") || ("erasure" in line && line.erasure === "done")
  if (last.filter(isDone).length < 3) throw new Error("the operator was refused")
  if (inCompany && !last.some((line) => "second" in line)) throw new Error("there was no second process")
}

/**
 * Has a process write to a database in a folder that is not there; for each cut one more comes before, which is cut short so.
 * Answers what they told the disk, all in one order. Needs an empty folder.
 */
export const recordUnits = recorder(WORKLOAD)

/** The same beside a second process each time, which writes too and does what an operator does. */
export const recordUnitsInCompany = recorder(COMPANY)

/**
 * Has a database migrated, backed up, cleared of a client and restored, and written to in between. For each cut a process is cut
 * short so, and the next one takes its step up again. Needs an empty folder.
 */
export const recordMaintenance = (parent: string, seed: string, cuts: ReadonlyArray<Cut>): ReadonlyArray<Event> => {
  // Its first version is put there.
  mkdirSync(folderOf(parent), { recursive: true })
  return record(
    parent,
    [...cuts, undefined].map((cut) => ({ program: MAINTENANCE, args: [seed], cut })),
  )
}

/** Has a process start on these files and stop. Needs an empty folder. */
export const recordStart = (parent: string, before: Files): ReadonlyArray<Event> => {
  const folder = folderOf(parent)
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of before) writeFileSync(join(folder, name), content)
  return record(parent, [{ program: START, args: [], cut: undefined }], before)
}

const folderOf = (parent: string): string => join(realpathSync(parent), "recorded", FOLDER)

interface Run {
  readonly program: string
  /** After the path of the database. */
  readonly args: ReadonlyArray<string>
  /** Without one it ends by itself. */
  readonly cut: Cut | undefined
}

/** How a process tells that the disk has failed it. */
const EXPECTED = /^(?:DatabaseUnusable|Refused|Unavailable): /mu

/** Whether a process ended as it should where it was cut short. */
const isCutShort = ({ fault }: Cut, { signal, status, stderr }: ReturnType<typeof spawn>): boolean => {
  if (fault === undefined) return signal === "SIGKILL"
  // A read that fails SQLite may report as damage, which nobody expects.
  return status === 1 && (fault.only === "reads" || EXPECTED.test(stderr))
}

const spawn = (args: ReadonlyArray<string>, env: NodeJS.ProcessEnv) =>
  spawnSync(process.execPath, args, { env, encoding: "utf8" })

const record = (parent: string, runs: ReadonlyArray<Run>, before?: Files): ReadonlyArray<Event> => {
  const [library, journal] = [join(parent, "record.so"), join(parent, "journal")]
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-pthread"])
  const folder = folderOf(parent)
  mkdirSync(dirname(folder), { recursive: true })

  for (const { program, args, cut } of runs) {
    const ended = spawn([program, join(folder, DATABASE), ...args], {
      LD_PRELOAD: library,
      POWER_LOSS_FOLDER: dirname(folder),
      POWER_LOSS_JOURNAL: journal,
      ...(cut !== undefined && orders(cut)),
    })
    if (ended.status === 0 || (cut !== undefined && isCutShort(cut, ended))) continue
    throw new Error(`${program} failed (${ended.status ?? ended.signal}): ${ended.stderr}`)
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
