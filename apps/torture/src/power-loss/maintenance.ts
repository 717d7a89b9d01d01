// Maintains a database, step by step, until it is done: node maintenance.ts <file> <seed>
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { type ClientId, createClients, type Credential, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { backup, eraseClient, layer, restore } from "@phonebook/persistence"
import Sqlite from "better-sqlite3"
import { Effect, type Layer } from "effect"
import { random } from "../random.ts"
import { readContents } from "./database.ts"
import { linesBeside } from "./lines.ts"
import { BACKUP, ERASED_DIGITS, type Line, MARK, showsErased, type Step } from "./steps.ts"
import { begin, credential, makeUnits } from "./units-of-work.ts"

/** Units of work between two other steps. */
const UNITS = 12
/** Phone numbers that the first version has stored. */
const OLD = 50
/** Phone numbers of the client that is erased: more than a page holds. */
const ERASED = 60
/** A checkpoint after nearly every commit. */
const PACE = { checkpointMillis: 0 }

const [file = "", seed = ""] = process.argv.slice(2)
const say = linesBeside<Line>(file)

/**
 * What is in the database, read from a copy: to open the file itself could change it. Nobody commits meanwhile, so the log,
 * which is copied second, still has all that a checkpoint is moving.
 */
const contentsNow = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-copy-"))
  try {
    const copy = join(folder, "copy.db")
    for (const suffix of ["", "-wal"]) if (existsSync(file + suffix)) copyFileSync(file + suffix, copy + suffix)
    return readContents(copy).contents
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Does one thing, and says so before and after. */
const step = <A, E, R>(kind: Step["kind"], work: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
  Effect.sync(() => say({ will: kind })).pipe(
    Effect.andThen(work),
    Effect.tap(() => Effect.sync(() => say({ did: kind, contents: contentsNow() }))),
  )

/** As the first version of the service left it. */
const makeOldDatabase = Effect.sync(() => {
  const packageFile = findPackageJSON("@phonebook/persistence", import.meta.url)!
  const migration = readFileSync(join(dirname(packageFile), "migrations", "0000_start.sql"), "utf8")
  const sqlite = new Sqlite(file)
  sqlite.pragma("journal_mode = WAL")
  sqlite.pragma("synchronous = FULL")
  sqlite.exec(`
    CREATE TABLE migrations (id INTEGER PRIMARY KEY AUTOINCREMENT, hash TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT;
    ${migration}
    INSERT INTO accounts (created_at) VALUES (1);
    INSERT INTO clients (account_id, name, phone_number_count, version, updated_at) VALUES (1, 'Old', ${OLD}, 1, 1);
    INSERT INTO phone_numbers (client_id, country_code, number, raw_number, e164, typed, is_primary, version, updated_at)
      SELECT 1, '1', '504555' || value, '504555' || value, '+1504555' || value, 'old', 0, 1, 1 FROM json_each('${JSON.stringify(Array.from({ length: OLD }, (_, index) => 1000 + index))}')`)
  const hash = createHash("sha256").update(migration).digest("hex")
  sqlite.prepare("INSERT INTO migrations (hash, applied_at) VALUES (?, 1)").run(hash)
  sqlite.close()
})

const open = <A, E>(work: Effect.Effect<A, E, Layer.Success<ReturnType<typeof layer>>>) =>
  Effect.provide(work, layer({ file, pace: PACE }))

const runUnits = Effect.fnUntraced(function* (name: string, owner: Credential, clientIds: ReadonlyArray<ClientId>) {
  const { run } = yield* UnitOfWork
  const next = makeUnits(random(seed, name), name, owner, clientIds)
  for (let unit = 0; unit < UNITS; unit++) yield* step("wrote", run(next()))
})

await Effect.runPromise(
  Effect.gen(function* () {
    yield* step("began", makeOldDatabase)
    yield* step("migrated", open(Effect.void))
    const ours = yield* open(
      Effect.gen(function* () {
        const { read, run } = yield* UnitOfWork
        const begun = yield* step("wrote", run(begin))
        const owner = (yield* read(CredentialRepository.use(({ find }) => find(credential.token))))!
        if (begun?.kind !== "began") throw new Error("the first unit has not begun")
        const { clientIds } = begun
        const phoneNumbers = Array.from({ length: ERASED }, (_, index) => ({
          label: MARK,
          number: `${ERASED_DIGITS}${1000 + index}`,
        }))
        const drafts = [{ name: MARK, phoneNumbers }]
        const [marked] = yield* step(
          "wrote",
          run(createClients({ accountId: owner.accountId, drafts, defaultCountryCode: "1" })),
        )
        yield* runUnits("before", owner, clientIds)
        yield* step("backed up", backup({ file, to: file + BACKUP, secretKey: undefined }))
        yield* runUnits("after", owner, clientIds)
        if (!showsErased(readFileSync(file))) throw new Error("nothing shows the client who is to be erased")
        yield* step("erased", eraseClient(marked!.client.id))
        yield* runUnits("then", owner, clientIds)
        return { owner, clientIds }
      }),
    )
    yield* step("restored", restore({ file, from: file + BACKUP, secretKey: undefined, now: new Date() }))
    yield* open(runUnits("in the end", ours.owner, ours.clientIds))
  }),
)
