import type { Restored } from "@phonebook/persistence"
import { Clock, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import { countsDocument, describeCounts } from "./counts.ts"
import { report, type Store, store } from "./phonebook.ts"

/** @param replace puts the backup in the place of the database. */
export const restore = <E>(
  replace: (options: Store & { readonly from: string; readonly now: Date }) => Effect.Effect<Restored, E>,
) =>
  Command.make(
    "restore",
    { from: Argument.String("file").pipe(Argument.withDescription("A backup; it is only read")) },
    Effect.fnUntraced(function* ({ from }) {
      const now = new Date(yield* Clock.currentTimeMillis)
      const { file, replaced, skippedIds, counts } = yield* replace({ ...(yield* store), from, now })
      yield* report({ database: file, from, replaced, skipped_ids: skippedIds, ...countsDocument(counts) }, [
        `Restored ${file} from ${from}: ${describeCounts(counts)}`,
        replaced === null ? "There was no database before" : `The database that was there is kept as ${replaced}`,
        skippedIds === 0
          ? "New ids go on after the last one that the replaced database gave"
          : `Which ids were given since the backup is not known: ${skippedIds} of each kind are skipped`,
        "What was done since the backup is undone: look again at credentials revoked and clients erased since. Start the server now",
      ])
    }),
  ).pipe(
    Command.withDescription(
      `Puts a backup in the place of the database, while no server runs. The key (PHONEBOOK_SECRET_KEY, or the file
  <database>.key) must be the backup's. The replaced database is kept beside it as <database>.replaced-<time>. No id given
  since the backup is given again: ids go on after the replaced database's last ones, or, where that one is not there, is
  damaged or did not come of the backup, a million of each kind are skipped. No ETag of the lost time matches a record:
  versions go on from the time of the restore. Interrupted at any point, the database is
  the former one or the restored one, whole`,
    ),
    Command.withShortDescription("Puts a backup in the place of the database, while no server runs"),
    Command.withExamples([
      { command: "phonebook restore /backups/phonebook-2026-11-23.db", description: "Stop the server first" },
      {
        command: "phonebook --database /tmp/look.db restore /backups/phonebook-2026-11-23.db",
        description: "Into a new file, to look at it (its key goes to /tmp/look.db.key)",
      },
    ]),
  )
