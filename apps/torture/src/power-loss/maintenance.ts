// Maintains a database, step by step, from where a former process was killed until it is done: node maintenance.ts <file> <seed>
import { createHash } from "node:crypto"
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { createClients, UnitOfWork } from "@phonebook/domain"
import { layer, restore } from "@phonebook/persistence"
import Sqlite from "better-sqlite3"
import { Effect, type Layer } from "effect"
import { oneOf, random } from "../random.ts"
import { readContents } from "./database.ts"
import { linesBeside, saidBeside } from "./lines.ts"
import { backUp, clientIdsNamed, eraseMarked } from "./operator.ts"
import { BACKUP, ERASED_DIGITS, type Line, MARK, type Step, tracesIn } from "./steps.ts"
import { begin, findOwner, makeUnits } from "./units-of-work.ts"

/** Units of work between two other steps. */
const UNITS = 12
/** Phone numbers that the first version has stored. */
const OLD = 50
/** Phone numbers of the client that is erased: more than a page holds. */
const ERASED = 60
const [file = "", seed = ""] = process.argv.slice(2)
/** A checkpoint after nearly every commit, or only where a step makes one itself. */
const PACE = { checkpointMillis: oneOf(random(seed, "pace"), [0, 1_000_000]) }
const said = saidBeside<Line>(file)
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

/** The steps that former processes have done are not done again. */
let before = said.filter((line) => "did" in line).length

/** Does one thing, and says so before and after. */
const step = <E, R>(kind: Step["kind"], work: Effect.Effect<unknown, E, R>): Effect.Effect<void, E, R> =>
  Effect.suspend(() => {
    if (before-- > 0) return Effect.void
    say({ will: kind })
    return Effect.map(work, () => say({ did: kind, contents: contentsNow() }))
  })

/** As the first version of the service left it when it was killed: with its log. */
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
  // A reader that closes last leaves the log as it is.
  const reader = new Sqlite(file, { readonly: true })
  reader.prepare("SELECT count(*) FROM migrations").get()
  sqlite.close()
  reader.close()
})

const open = <A, E>(work: Effect.Effect<A, E, Layer.Success<ReturnType<typeof layer>>>) =>
  Effect.provide(work, layer({ file, pace: PACE }))

const runUnits = Effect.fnUntraced(function* (name: string) {
  const { run } = yield* UnitOfWork
  const next = makeUnits(random(seed, name), name, yield* findOwner, yield* clientIdsNamed("Client %"))
  for (let unit = 0; unit < UNITS; unit++) {
    yield* step(
      "wrote",
      Effect.suspend(() => run(next())),
    )
  }
})

const addMarked = Effect.gen(function* () {
  const { run } = yield* UnitOfWork
  const { accountId } = yield* findOwner
  const numbers = Array.from({ length: ERASED }, (_, index) => `${ERASED_DIGITS}${10 + index}`)
  const drafts = [{ name: MARK, phoneNumbers: numbers.map((number) => ({ label: MARK, number })) }]
  yield* run(createClients({ accountId, drafts, defaultCountryCode: "1" }))
})

/** Else an erasure would have nothing to do; one that was cut short has begun to. */
const requireMarked = Effect.map(clientIdsNamed(MARK), ({ length }) => {
  if (length > 0 && tracesIn(file).length === 0) throw new Error("nothing shows the client who is to be erased")
})

const untilRestored = Effect.gen(function* () {
  const { run } = yield* UnitOfWork
  yield* step("wrote", run(begin))
  yield* step("wrote", addMarked)
  yield* runUnits("before")
  yield* step("backed up", backUp(file))
  yield* runUnits("after")
  yield* step("erased", Effect.andThen(requireMarked, eraseMarked))
  yield* runUnits("then")
})

await Effect.runPromise(
  Effect.gen(function* () {
    yield* step("began", makeOldDatabase)
    yield* step("migrated", open(Effect.void))
    yield* open(untilRestored)
    yield* step("restored", restore({ file, from: file + BACKUP, secretKey: undefined, now: new Date() }))
    yield* open(runUnits("in the end"))
  }),
)
