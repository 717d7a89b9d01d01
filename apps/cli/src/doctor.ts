import type { Diagnosis, Finding } from "@phonebook/persistence"
import { Effect } from "effect"
import { Command } from "effect/cli"
import { countsDocument, describeCounts } from "./counts.ts"
import { exitWithFindings, report, type Store, store } from "./phonebook.ts"

export const describeFinding = ({ check, detail }: Finding): string => `${check}: ${detail}`

/** @param examine examines a database and its key. */
export const doctor = <E>(examine: (options: Store) => Effect.Effect<Diagnosis, E>) =>
  Command.make(
    "doctor",
    {},
    Effect.fnUntraced(function* () {
      const { file, counts, findings } = yield* examine(yield* store)
      if (findings.length > 0) yield* exitWithFindings
      const held = counts === null ? "" : `: ${describeCounts(counts)}`
      yield* report({ database: file, sound: findings.length === 0, ...(counts && countsDocument(counts)), findings }, [
        findings.length === 0 ? `${file} is sound${held}` : `${file} is not sound${held}`,
        ...findings.map((finding) => `  ${describeFinding(finding)}`),
      ])
    }),
  ).pipe(
    Command.withDescription(
      `Examines the database: the file itself, what refers to what, the schema, the counters and the primary numbers
  recounted from the rows, each number against its E.164 form, the next ids, the kept answers of clients that are gone,
  erasures that are unfinished, and whether the key is the right one. It changes neither the database nor its log. Exit
  code 1 where something was found, at most twenty of each kind`,
    ),
    Command.withShortDescription("Examines the database, the counters recounted and the key; changes nothing"),
    Command.withExamples([
      { command: "phonebook doctor --json", description: "For a monitor: exit code, and findings" },
    ]),
  )
