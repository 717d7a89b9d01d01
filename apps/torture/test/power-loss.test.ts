import { mkdtempSync, rmSync } from "node:fs"
import { constants, tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { type Cut, type Fault, killsInMaintenance, killsUnderLoad } from "../src/power-loss/cuts.ts"
import { type Line, unitsOf } from "../src/power-loss/history.ts"
import { DATABASE, type Event, FOLDER, LOG, PARENT } from "../src/power-loss/journal.ts"
import { linesOf } from "../src/power-loss/lines.ts"
import { maintenanceWitness } from "../src/power-loss/maintenance-witness.ts"
import { drawUnfinished, momentsOf } from "../src/power-loss/moments.ts"
import { failPower, failPowerAgain, type Loss, type Witness } from "../src/power-loss/power-loss.ts"
import {
  obstacle,
  recordMaintenance,
  recordStart,
  recordUnits,
  recordUnitsInCompany,
} from "../src/power-loss/recording.ts"
import { BACKUP, type Line as StepLine, MARK, type Step } from "../src/power-loss/steps.ts"
import { unitsWitness } from "../src/power-loss/units-witness.ts"
import { type Random, random } from "../src/random.ts"

const trouble = obstacle()

const answers = (event: Event): boolean => linesOf<Line>(event).some((line) => "answered" in line)

/** The syncs of this file succeed and do nothing, from this event on. */
const withoutSyncs = (events: ReadonlyArray<Event>, name: string, from = 0): ReadonlyArray<Event> =>
  events.filter((event, index) => event.kind !== "synced" || event.name !== name || index < from)

/** Callers are answered after the COMMIT, when the sync of the log is about to begin. */
const answeredEarly = (events: ReadonlyArray<Event>): ReadonlyArray<Event> => {
  const early: Array<Event> = []
  let sync = 0
  for (const event of events) {
    if (answers(event)) early.splice(sync, 0, event)
    else early.push(event)
    if (event.kind === "sync begun" && event.name === `${DATABASE}-wal`) sync = early.length - 1
  }
  return early
}

const recordLoad = (folder: string, drawCuts: (draw: Random) => ReadonlyArray<Cut>) =>
  recordUnits(folder, "test", 10, drawCuts(random("test")))
const recordMaintained = (folder: string, drawCuts: (draw: Random) => ReadonlyArray<Cut>) =>
  recordMaintenance(folder, "test", drawCuts(random("test")))

describe.skipIf(trouble !== undefined)(`power loss${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  const parent = mkdtempSync(join(tmpdir(), "phonebook-power-loss-"))
  afterAll(() => rmSync(parent, { recursive: true }))

  const failure = (only: Fault["only"]) => ({ errno: constants.errno.EIO, calls: 1, only })

  /** Around all syncs from this event on, and so many drawn. */
  const momentsFrom = (events: ReadonlyArray<Event>, drawn: number, from: number) =>
    momentsOf(events, drawn, random("test")).filter((moment) => moment >= from)

  /** The first breach that is found. */
  const breach = async (
    events: ReadonlyArray<Event>,
    makeWitness: (events: ReadonlyArray<Event>) => Witness,
    moments: ReadonlyArray<number>,
  ): Promise<string | undefined> => {
    const folder = mkdtempSync(join(parent, "losses-"))
    const witness = makeWitness(events)
    for await (const { discrepancies } of failPower({ events, moments, seed: "test", parent: folder, witness })) {
      if (discrepancies.length > 0) return discrepancies[0]
    }
    return undefined
  }

  /** The first breach that is found when the power fails again, in starts on what losses at these moments leave. */
  const breachInStart = async (
    events: ReadonlyArray<Event>,
    makeWitness: (events: ReadonlyArray<Event>) => Witness,
    moments: ReadonlyArray<number>,
    change: { start?: (events: ReadonlyArray<Event>) => ReadonlyArray<Event>; loss?: (loss: Loss) => Loss } = {},
  ): Promise<string | undefined> => {
    const { start = (recorded) => recorded, loss: changed = (loss) => loss } = change
    const options = { seed: "test", parent: mkdtempSync(join(parent, "starts-")), witness: makeWitness(events) }
    for await (const loss of failPower({ ...options, events, moments })) {
      const record: typeof recordStart = (...of) => start(recordStart(...of))
      for await (const { discrepancies } of failPowerAgain(changed(loss), { ...options, record })) {
        if (discrepancies.length > 0) return discrepancies[0]
      }
    }
    return undefined
  }

  describe("under load", () => {
    let events: ReadonlyArray<Event>
    beforeAll(() => {
      events = recordLoad(mkdtempSync(join(parent, "units-")), killsUnderLoad)
    })
    const breachIn = (recording: ReadonlyArray<Event>, drawn = 60, from = 0) =>
      breach(recording, unitsWitness, momentsFrom(recording, drawn, from))

    it("loses nothing that was answered", async () => {
      expect(await breachIn(events, 20)).toBeUndefined()
    })

    it("is found to, where the log is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, `${DATABASE}-wal`, events.findIndex(answers)))).toMatch(
        /were answered|a client is gone/u,
      )
    })

    it("is found to, where callers are answered before the sync", async () => {
      expect(await breachIn(answeredEarly(events))).toMatch(/were answered/u)
    })

    it("is found to, where a checkpoint does not sync the database", async () => {
      expect(await breachIn(withoutSyncs(events, DATABASE))).toBeDefined()
    })

    it("is found to, where the folder is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, FOLDER))).toBeDefined()
    })

    it("is found to, where the folder is made and its name is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, PARENT))).toMatch(/cannot be opened/u)
    })

    describe("where a sync of the log has failed, after which the machine takes it for written", () => {
      let failed: ReadonlyArray<Event>
      beforeAll(() => {
        // The first sync of a commit after a start: what that wrote is nowhere else yet, neither in the log nor in the database.
        const cuts = [{ after: 1000 }, { within: "found", after: 10, fault: failure(LOG) }] as const
        failed = recordUnits(mkdtempSync(join(parent, "failure-")), "test", 10, cuts)
      })
      /** While the next process starts, after a change to what it does; so many losses at each moment. */
      const breachWhileStarting = (
        change: (starting: ReadonlyArray<Event>) => ReadonlyArray<Event>,
        losses: number,
      ) => {
        const isStart = ({ kind, name }: Event) => kind === "truncated" && name.endsWith("-shm")
        const at = failed.findIndex(({ kind }) => kind === "sync failed")
        const begun = failed.findIndex((event, index) => index > at && isStart(event))
        const done = failed.findLastIndex((event) => linesOf<Line>(event).some((line) => "found" in line)) + 1
        const recording = [...failed.slice(0, begun), ...change(failed.slice(begun, done))]
        const starting = [...recording.keys()].slice(begun).flatMap((moment) => Array<number>(losses).fill(moment))
        const moments = starting.concat(Array<number>(20).fill(recording.length))
        return breach(recording, () => unitsWitness(failed), moments)
      }

      it("loses nothing that was answered, and has all that a start finds on the disk", async () => {
        expect(await breachWhileStarting((starting) => starting, 1)).toBeUndefined()
      })

      it.each<[string, (event: Event) => boolean]>([
        // Whoever starts writes nothing else to it.
        ["write the log anew", ({ kind, name }) => kind === "written" && name === LOG],
        ["sync the log", ({ kind, name }) => kind === "synced" && name === LOG],
        ["sync the database", ({ kind, name }) => kind === "synced" && name === DATABASE],
      ])("is found to, where the start does not %s", async (__, isNotDone) => {
        // The disk may keep what it need not: of a hundred losses seven at least were found.
        const change = (starting: ReadonlyArray<Event>) => starting.filter((event) => !isNotDone(event))
        expect(await breachWhileStarting(change, 3)).toBeDefined()
      })
    })

    describe("and started again", () => {
      /** So many losses in the midst of a checkpoint: one of them may have lost nothing of what that wrote. */
      const halfMoved = (count: number) =>
        drawUnfinished(events, Array<typeof DATABASE>(count).fill(DATABASE), random("test"))

      it("loses nothing when the power fails meanwhile", async () => {
        expect(await breachInStart(events, unitsWitness, halfMoved(1))).toBeUndefined()
      })

      it("is found to, where the start does not sync the database", async () => {
        const start = (recorded: ReadonlyArray<Event>) => withoutSyncs(recorded, DATABASE)
        expect(await breachInStart(events, unitsWitness, halfMoved(5), { start })).toBeDefined()
      })

      it("is found to, where less is there than the start has found", async () => {
        const loss = ({ found, ...left }: Loss) => ({ ...left, found: found + 1 })
        expect(await breachInStart(events, unitsWitness, halfMoved(1), { loss })).toMatch(/^the start found/u)
      })
    })

    it("is found to, where a backup beside it is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, `${DATABASE}${BACKUP}.unfinished`))).toMatch(/^the backup/u)
    })

    it("is found to, where a backup has less than was answered when it began", async () => {
      const said = events.filter((event) => linesOf<Line>(event).some((line) => "backup" in line)).slice(-2)
      const last = events.findLastIndex(({ kind }) => kind === "synced")
      expect(await breachIn(events.toSpliced(last, 0, ...said), 0, last)).toMatch(/^the backup: .* were answered/u)
    })
  })

  describe.each<[string, Omit<Cut, "of" | "within">, number]>([
    ["is killed in the midst of an erasure", { after: 40 }, 0],
    // Each of the two is told.
    [
      "cannot sync the log any more in the midst of an erasure",
      { after: 20, fault: { ...failure(LOG), calls: 1000 } },
      2,
    ],
  ])("beside a second process that %s, and then starts again", (_, cut, leastFailed) => {
    let events: ReadonlyArray<Event>
    beforeAll(() => {
      const cuts = [{ of: "companion", within: "erasure", ...cut }] as const
      events = recordUnitsInCompany(mkdtempSync(join(parent, "company-")), "test", 10, cuts)
    })
    const tellsOfErasure = (event: Event) => linesOf<Line>(event).some((line) => "erasure" in line)

    it("loses nothing that either was answered", async () => {
      const told = events.flatMap((event, index) => (tellsOfErasure(event) ? [index] : []))
      const moments = momentsFrom(events, 20, told[0]!)
      const soonAfter = moments.filter((moment) => told.some((at) => moment >= at && moment < at + 800))
      expect(await breach(events, unitsWitness, soonAfter)).toBeUndefined()
    })

    it("has both at work, and the erasure cut short and taken up again", () => {
      const erasures = events.flatMap(linesOf<Line>).flatMap((line) => ("erasure" in line ? [line.erasure] : []))
      expect(erasures).toEqual(["ahead", "begun", "begun", "done"])
      const labelled = unitsOf(events).filter(({ kind }) => kind === "created" || kind === "updated")
      const isOfSecond = labelled.map((change) => /"label":"b/u.test(JSON.stringify(change)))
      expect(isOfSecond.indexOf(true)).toBeGreaterThan(0)
      expect(isOfSecond.lastIndexOf(false)).toBeGreaterThan(isOfSecond.indexOf(true))
      expect(events.filter(({ kind }) => kind === "sync failed").length).toBeGreaterThanOrEqual(leastFailed)
    })
  })

  describe("killed under load, and started again beside a second process, which lives on", () => {
    let events: ReadonlyArray<Event>
    /** When it has started again. */
    let from: number
    beforeAll(() => {
      events = recordUnitsInCompany(mkdtempSync(join(parent, "company-")), "test", 10, [
        // Late enough that the second one is at work.
        { of: "workload", after: 3000 },
      ])
      from = events.findIndex((event) => linesOf<Line>(event).some((line) => "first" in line))
    })
    const breachIn = (recording: ReadonlyArray<Event>) =>
      breach(
        recording,
        unitsWitness,
        momentsFrom(recording, 20, from).filter((moment) => moment < from + 1500),
      )

    it("loses nothing that either was answered", async () => {
      expect(await breachIn(events)).toBeUndefined()
    })

    it("is found to, where the log is not synced from then on", async () => {
      expect(await breachIn(withoutSyncs(events, LOG, from))).toBeDefined()
    })

    it("starts while the other one is at work", () => {
      const says = (line: Line) => "backup" in line || ("ran" in line && /"label":"b/u.test(JSON.stringify(line)))
      const isOfSecond = (event: Event) => linesOf<Line>(event).some(says)
      expect(events.slice(0, from).some(isOfSecond)).toBe(true)
      expect(events.slice(from).some(isOfSecond)).toBe(true)
    })
  })

  it.each<[string, ReadonlyArray<Cut>]>([
    ["the database under load", [{ after: 1000, fault: failure(DATABASE) }]],
    ["the log under load and during a start", [1000, 5].map((after) => ({ after, fault: failure(LOG) }))],
  ])("loses nothing on a disk that fails to sync %s", async (_, cuts) => {
    const events = recordUnits(mkdtempSync(join(parent, "faults-")), "test", 10, cuts)
    const failed = events.flatMap(({ kind }, index) => (kind === "sync failed" ? [index] : []))
    expect(failed.length).toBeGreaterThanOrEqual(cuts.length)
    const moments = momentsFrom(events, 20, failed[0]!).filter((moment) => moment < failed.at(-1)! + 1000)
    expect(await breach(events, unitsWitness, moments)).toBeUndefined()
  })

  // Within an erasure the log is synced after its commit, and before its checkpoint.
  it.each([1, 40])(
    "loses nothing on a disk that fails to sync the log in an erasure, after %i events",
    async (after) => {
      const cuts: ReadonlyArray<Cut> = [{ within: "erased", after, fault: failure(LOG) }]
      const events = recordMaintenance(mkdtempSync(join(parent, "faults-")), "test", cuts)
      const failed = events.findIndex(({ kind }) => kind === "sync failed")
      expect(failed).toBeGreaterThan(0)
      expect(await breach(events, maintenanceWitness, momentsFrom(events, 20, failed))).toBeUndefined()
    },
  )

  describe("while a database is migrated, backed up, cleared of a client and restored", () => {
    let events: ReadonlyArray<Event>
    beforeAll(() => {
      events = recordMaintained(mkdtempSync(join(parent, "maintenance-")), killsInMaintenance)
    })
    const breachIn = (recording: ReadonlyArray<Event>, from = 0) =>
      breach(recording, maintenanceWitness, momentsFrom(recording, 20, from))

    it("loses nothing that was done, and leaves nothing half done", async () => {
      expect(await breachIn(events)).toBeUndefined()
    })

    it("has each of the four cut short and taken up again", () => {
      const begun = events.flatMap(linesOf<StepLine>).flatMap((line) => ("will" in line ? [line.will] : []))
      expect(begun.filter((kind) => kind !== "wrote")).toEqual([
        "began",
        ...["migrated", "backed up", "erased", "restored"].flatMap((kind) => [kind, kind]),
      ])
    })

    describe("and started again", () => {
      /** All of the migration, and the copy from before it, is then the start's to make. */
      const moments = () => [beginningOf("migrated") + 1]

      it("loses nothing when the power fails meanwhile", async () => {
        expect(await breachInStart(events, maintenanceWitness, moments())).toBeUndefined()
      })

      it.each<[string, (event: Event) => boolean]>([
        [DATABASE, () => true],
        // With the name of the copy from before the migration.
        [FOLDER, ({ kind }) => kind === "renamed"],
      ])("is found to, where the start does not sync %s", async (name, from) => {
        const start = (recorded: ReadonlyArray<Event>) => withoutSyncs(recorded, name, recorded.findIndex(from))
        expect(await breachInStart(events, maintenanceWitness, moments(), { start })).toBeDefined()
      })
    })

    /** When a step begins. */
    const beginningOf = (kind: Step["kind"]) =>
      events.findIndex((event) => linesOf<StepLine>(event).some((line) => "will" in line && line.will === kind))

    it("is found to, where the name of the copy from before the migration is not synced", async () => {
      const copies = [...events.keys()].filter((index) => {
        const event = events[index]!
        return event.kind === "renamed" && event.to.includes(".before-migration-")
      })
      const recording = withoutSyncs(events, FOLDER, copies[0])
      // SQLite syncs the folder too, but only after the log: with the log, not with its header, the migration is done.
      const copied = recording.indexOf(events[copies.at(-1)!]!)
      const committed = recording.findIndex(
        (event, index) => index > copied && event.kind === "written" && event.name === LOG && event.offset > 0,
      )
      const migrated = recording.findIndex(
        ({ kind, name }, index) => index > committed && kind === "synced" && name === LOG,
      )
      expect(await breach(recording, maintenanceWitness, Array<number>(20).fill(migrated + 1))).toMatch(
        /the copy from before the migration is not there/u,
      )
    })

    it("is found to, where a backup is not synced", async () => {
      const backup = `${DATABASE}${BACKUP}.unfinished`
      expect(await breachIn(withoutSyncs(events, backup), beginningOf("backed up"))).toMatch(/the backup/u)
    })

    it("is found to, where a restored file is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, `${DATABASE}.restoring`), beginningOf("restored"))).toMatch(
        /cannot be opened|integrity_check|not what/u,
      )
    })

    it("is found to, where the folder of a backup is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, FOLDER, beginningOf("backed up")), beginningOf("backed up"))).toMatch(
        /the backup is not there/u,
      )
    })

    it("is found to, where the folder of a restored database is not synced", async () => {
      expect(await breachIn(withoutSyncs(events, FOLDER, beginningOf("restored")), beginningOf("restored"))).toMatch(
        /is not what|that was replaced|cannot be opened/u,
      )
    })

    it("is found to, where an erased client stays in the log", async () => {
      const begun = beginningOf("erased")
      // Further on than where the erasure writes, which may lie over what the log has held before.
      const shown: Event = { kind: "written", name: LOG, offset: 1_000_000, data: Buffer.from(MARK) }
      const untouched = events
        .filter(
          ({ kind, name }, index) =>
            index < begun || name !== LOG || !["truncated", "unlinked", "created"].includes(kind),
        )
        .toSpliced(begun, 0, shown)
      expect(await breachIn(untouched, begun)).toMatch(/left traces/u)
    })
  })
})
