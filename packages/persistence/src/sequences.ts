import type Sqlite from "better-sqlite3"

/** The last id that each table gave. */
export type Sequences = ReadonlyMap<string, number>

export const readSequences = (sqlite: Sqlite.Database): Sequences =>
  new Map(sqlite.prepare<[], [string, number]>("SELECT name, seq FROM sqlite_sequence").raw().all())

/** The tables whose ids are never used twice. */
export const autoincrementTables = (sqlite: Sqlite.Database): ReadonlyArray<string> =>
  sqlite
    .prepare<[], string>("SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'")
    .pluck()
    .all()

/** Lets each table count on from its own last id or the one in `given`, whichever is higher, and skips `margin` more. */
export const moveSequences = (sqlite: Sqlite.Database, given: Sequences, margin: number): void => {
  const own = readSequences(sqlite)
  const forget = sqlite.prepare("DELETE FROM sqlite_sequence WHERE name = ?")
  const set = sqlite.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)")
  for (const table of autoincrementTables(sqlite)) {
    forget.run(table)
    set.run(table, Math.max(own.get(table) ?? 0, given.get(table) ?? 0) + margin)
  }
}
