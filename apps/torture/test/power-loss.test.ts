import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { linesOf } from "../src/power-loss/history.ts"
import { type Event, FOLDER } from "../src/power-loss/journal.ts"
import { failPower } from "../src/power-loss/power-loss.ts"
import { DATABASE, obstacle, record } from "../src/power-loss/recording.ts"
import { restart } from "../src/power-loss/restart.ts"

const trouble = obstacle()

const answers = (event: Event): boolean => linesOf(event).some((line) => "answered" in line)

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

describe.skipIf(trouble !== undefined)(`power loss${trouble === undefined ? "" : `: ${trouble}`}`, () => {
  const parent = mkdtempSync(join(tmpdir(), "phonebook-power-loss-"))
  let events: ReadonlyArray<Event>

  beforeAll(() => {
    events = record(parent, "test", 10)
  })
  afterAll(() => rmSync(parent, { recursive: true }))

  /** The first breach that is found. */
  const breach = async (recording: ReadonlyArray<Event>, drawn: number): Promise<string | undefined> => {
    const folder = mkdtempSync(join(parent, "losses-"))
    for await (const { discrepancies } of failPower(recording, { drawn, seed: "test", parent: folder, restart })) {
      if (discrepancies.length > 0) return discrepancies[0]
    }
    return undefined
  }

  it("loses nothing that was answered", async () => {
    expect(await breach(events, 20)).toBeUndefined()
  })

  it("is found to, where the log is not synced", async () => {
    expect(await breach(withoutSyncs(events, `${DATABASE}-wal`, events.findIndex(answers)), 60)).toMatch(
      /were answered/u,
    )
  })

  it("is found to, where callers are answered before the sync", async () => {
    expect(await breach(answeredEarly(events), 60)).toMatch(/were answered/u)
  })

  it("is found to, where a checkpoint does not sync the database", async () => {
    expect(await breach(withoutSyncs(events, DATABASE), 60)).toBeDefined()
  })

  it("is found to, where the folder is not synced", async () => {
    expect(await breach(withoutSyncs(events, FOLDER), 60)).toBeDefined()
  })
})
