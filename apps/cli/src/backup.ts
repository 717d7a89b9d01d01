import type { Backup, Finding } from "@phonebook/persistence"
import { Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { countsDocument, describeCounts } from "./counts.ts"
import { describeFinding } from "./doctor.ts"
import { exitWithFindings, report, type Store, store } from "./phonebook.ts"

/** Where the key is: a backup without it is of no use. */
const describeKey = (key: string, wrongKey: Finding | undefined): string => {
  if (wrongKey !== undefined) return `The key of its secrets is not in it, and is not at hand: ${wrongKey.detail}`
  return key === "PHONEBOOK_SECRET_KEY"
    ? "The key of its secrets is not in it: it is the value of PHONEBOOK_SECRET_KEY. Keep that apart, and keep it"
    : `The key of its secrets is not in it: it is the file ${key}. Keep a copy of that elsewhere, apart from the backups`
}

/** @param make makes the backup. */
export const backup = <E>(make: (options: Store & { readonly to: string }) => Effect.Effect<Backup, E>) =>
  Command.make(
    "backup",
    { to: Argument.String("file").pipe(Argument.withDescription("Where to: a new file, never one that exists")) },
    Effect.fnUntraced(function* ({ to }) {
      const { file, backup: made, bytes, counts, key, findings } = yield* make({ ...(yield* store), to })
      if (findings.length > 0) yield* exitWithFindings
      const wrongKey = findings.find(({ check }) => check === "key")
      const document = { database: file, backup: made, bytes, ...countsDocument(counts), key, findings }
      yield* report(document, [
        `Copied ${file} to ${made}, and verified the copy: ${describeCounts(counts)}; ${bytes} bytes`,
        ...findings
          .filter((finding) => finding !== wrongKey)
          .map((finding) => `It has what the database has: ${describeFinding(finding)}`),
        describeKey(key, wrongKey),
      ])
    }),
  ).pipe(
    Command.withDescription(
      "Copies the database as it is at one moment into one file, and verifies the copy; a running server goes on meanwhile",
    ),
    Command.withShortDescription("Copies the database into one verified file, beside a running server too"),
    Command.withExamples([
      { command: "phonebook backup /backups/phonebook-$(date +%F).db", description: "From cron, every night" },
      {
        command: "phonebook --database /srv/phonebook.db backup /mnt/copy.db",
        description: "Of a database elsewhere",
      },
    ]),
  )
