import { join } from "node:path"
import { setTimeout as delay } from "node:timers/promises"
import { createClients, firstNumbers } from "./clients.ts"
import { fleetingNumber, operations } from "./connection.ts"
import { type Source, startLoad } from "./load.ts"
import { acknowledged, type Entry } from "./operations.ts"
import { between, random } from "./random.ts"
import { EMPTY, type State } from "./reckon.ts"
import { type Server, start, startAndKill } from "./server.ts"
import { verify } from "./verify.ts"

/** When the server is killed, in milliseconds after its first answer: some reach its checkpoints, one each second. */
const KILL_AFTER = { least: 20, most: 1500 }
/** One start in so many is killed on the way, before the one that counts. */
const KILLED_STARTS = 8
/** How long a start takes until one has been measured, in milliseconds. */
const FIRST_START = 1000

export interface Round {
  readonly number: number
  readonly acknowledged: number
  readonly unanswered: number
  /** Of the unanswered, those that were carried out. */
  readonly carriedOut: number
  /** Sent again after the crash, under their keys. */
  readonly repeated: number
  /** Of these, those that were carried out before the crash. */
  readonly replayed: number
  readonly killedStarts: number
  readonly discrepancies: ReadonlyArray<string>
}

interface Options {
  /** Where a new file is made, and the log. */
  readonly folder: string
  readonly seed: number
  readonly connections: number
  readonly first: number
  readonly last: number
}

const acknowledgedOf = (journal: ReadonlyArray<Entry>) =>
  journal.filter(({ operation, answer }) => acknowledged(operation, answer)).length

/** Plays rounds on one file, up to the first one with discrepancies. */
export async function* torture({ folder, seed, connections, first, last }: Options): AsyncGenerator<Round, void> {
  const file = join(folder, "phonebook.db")
  const log = join(folder, "server.log")
  let startMillis = FIRST_START
  let killedStarts = 0

  /** A server on the file as the last crash left it; sometimes after a start that crashed as well. */
  const restart = async (round: number): Promise<Server> => {
    const draw = random(seed, "start", round)
    if (round < first || between(draw, 1, KILLED_STARTS) === 1) {
      // Its second half is where the file is opened, recovered and migrated.
      await startAndKill(file, log, startMillis * (0.5 + draw() / 2))
      killedStarts++
    }
    const began = performance.now()
    const server = await start(file, log)
    startMillis = performance.now() - began
    return server
  }

  let state: State = EMPTY
  const check = (journal: ReadonlyArray<Entry>) => {
    const findings = verify(file, state, journal)
    state = findings.state
    return findings
  }

  let server = await restart(first - 1)
  try {
    const clientIds = await createClients(server.url)
    const begun = check(await startLoad(server.url, [firstNumbers(clientIds).values()]).journal)
    const sources = Array.from({ length: connections }, (_, connection) =>
      operations(random(seed, "load", first, connection), String(connection), clientIds),
    )
    for (let round = first; round <= last; round++) {
      const { journal, discrepancies } = await loadAndKill(server, sources, random(seed, "kill", round))
      server = await restart(round)
      const crash = check(journal)

      const keyed = journal.map(({ operation }) => operation).filter((operation) => operation.keyed)
      // Shared: each connection takes the next one.
      const again = keyed.values()
      const fleeting = fleetingNumber(`fleeting.${round}`, clientIds[0]!)
      const repetitions = await startLoad(server.url, [fleeting, ...Array<Source>(connections).fill(again)]).journal
      const repeated = check(repetitions)
      const unacknowledged = repetitions.length - acknowledgedOf(repetitions)

      const found = [
        ...(round === first ? begun.discrepancies : []),
        ...discrepancies,
        ...crash.discrepancies,
        ...repeated.discrepancies,
        ...(unacknowledged > 0 ? [`${unacknowledged} writes after the crash were not acknowledged`] : []),
      ]
      yield {
        number: round,
        acknowledged: acknowledgedOf(journal),
        unanswered: journal.filter(({ answer }) => answer === undefined).length,
        carriedOut: crash.unanswered,
        repeated: keyed.length,
        replayed: repetitions.filter(({ answer }) => answer?.replayed).length,
        killedStarts,
        discrepancies: found,
      }
      if (found.length > 0) return
      killedStarts = 0
    }
  } finally {
    await server.kill()
  }
}

const loadAndKill = async (server: Server, sources: ReadonlyArray<Source>, draw: () => number) => {
  const load = startLoad(server.url, sources)
  await load.answer()
  await delay(between(draw, KILL_AFTER.least, KILL_AFTER.most))
  // Half the time when an answer has just arrived, and all that shared its commit are on their way.
  if (draw() < 0.5) await load.answer()
  const broken = load.stop()
  const alive = await server.kill()
  return {
    journal: await load.journal,
    discrepancies: [
      ...(alive ? [] : ["the server ended before it was killed"]),
      ...(broken > 0 ? [`${broken} connections broke before the server was killed`] : []),
    ],
  }
}
