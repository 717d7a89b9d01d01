import { execFileSync, spawnSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync, realpathSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { between, random } from "../random.ts"
import { makeDisk } from "./disk.ts"
import { type Event, readJournal } from "./journal.ts"

const SOURCE = fileURLToPath(new URL("record.c", import.meta.url))
const WORKLOAD = fileURLToPath(new URL("workload.ts", import.meta.url))

export const DATABASE = "phonebook.db"

/** Why nothing can be recorded on this machine; undefined where it can. */
export const obstacle = (): string | undefined => {
  const { glibcVersionRuntime } = (process.report.getReport() as { header: { glibcVersionRuntime?: string } }).header
  if (glibcVersionRuntime === undefined) return "it needs Linux with the GNU C library"
  return spawnSync("cc", ["--version"]).error === undefined ? undefined : "it needs a C compiler, `cc`"
}

/**
 * Has a process write to a database, be killed during its start, a second one under load, and a third one end well.
 * Answers what they told the disk, all in one order. Needs an empty folder.
 */
export const record = (parent: string, seed: string, units: number): ReadonlyArray<Event> => {
  const [library, journal] = [join(parent, "record.so"), join(parent, "journal")]
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl", "-pthread"])
  const folder = join(realpathSync(parent), "recorded")
  mkdirSync(folder)

  const draw = random(seed, "kill")
  for (const killAfter of [between(draw, 5, 60), between(draw, 1000, 3000), 0]) {
    const { signal, status, stderr } = spawnSync(
      process.execPath,
      [WORKLOAD, join(folder, DATABASE), `${seed} ${killAfter}`, String(units)],
      {
        env: {
          LD_PRELOAD: library,
          POWER_LOSS_FOLDER: folder,
          POWER_LOSS_JOURNAL: journal,
          POWER_LOSS_KILL_AFTER: String(killAfter),
        },
        encoding: "utf8",
      },
    )
    if (signal !== "SIGKILL" && status !== 0) throw new Error(`the workload failed (${status ?? signal}): ${stderr}`)
  }

  const events = readJournal(journal, folder)
  checkComplete(events, folder)
  return events
}

/** What the journal says must be what is there: else it has missed something, and proves nothing. */
const checkComplete = (events: ReadonlyArray<Event>, folder: string): void => {
  const disk = makeDisk()
  for (const event of events) disk.happen(event)
  const files = disk.whole()
  for (const name of new Set([...files.keys(), ...readdirSync(folder)])) {
    if (!files.get(name)?.equals(readFileSync(join(folder, name))))
      throw new Error(`the journal has missed some of ${name}`)
  }
}
