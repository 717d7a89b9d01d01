import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach } from "vitest"
import type { Create, Entry, Operation, Update } from "../src/operations.ts"
import { EMPTY, type State } from "../src/reckon.ts"
import { verify } from "../src/verify.ts"

// The real schema without what makes these states impossible: the index of the primary, the foreign key enforced.
const SCHEMA = `
  CREATE TABLE accounts (id INTEGER PRIMARY KEY, client_count INTEGER NOT NULL);
  CREATE TABLE clients (id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL, phone_number_count INTEGER NOT NULL);
  CREATE TABLE phone_numbers (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES clients (id), label TEXT, country_code TEXT NOT NULL,
    number TEXT NOT NULL, raw_number TEXT NOT NULL, extension TEXT, typed TEXT NOT NULL, is_primary INTEGER NOT NULL,
    updated_at INTEGER NOT NULL, version INTEGER NOT NULL, e164 TEXT NOT NULL
  );
  INSERT INTO accounts VALUES (1, 2);
  INSERT INTO clients VALUES (1, 1, 6), (2, 1, 0);
  INSERT INTO phone_numbers VALUES
    (1, 1, 'u',   '1', '504-555-0110', '5550110', NULL, '+1 504 555 0110', 0, 1511000010, 4, '+15045550110'),
    (2, 1, 'a/1', '1', '504-555-0101', '5550101', '5',  '(504) 555-0101',  0, 1511000000, 1, '+15045550101'),
    (4, 1, 'b/1', '1', '504-555-0103', '5550103', NULL, '(504) 555-0103',  1, 1511000010, 1, '+15045550103'),
    (5, 1, 'c/0', '1', '504-555-0104', '5550104', NULL, '(504) 555-0104',  0, 1511000020, 1, '+15045550104'),
    (6, 1, 'v',   '1', '504-555-0105', '5550105', NULL, '(504) 555-0105',  0, 1511000020, 2, '+15045550105'),
    (7, 1, 'e/0', '1', '504-555-0106', '5550106', NULL, '(504) 555-0106',  0, 1511000020, 1, '+15045550106');
`

export const item = (last: number, is_primary: boolean | null = null) => ({
  number: `(504) 555-010${last}`,
  is_primary,
})

export const shown = (id: number, label: string, last: string, extension: string | null = null) => ({
  id,
  url: `/clients/1/phone_numbers/${id}`,
  country_code: "1",
  raw_number: `55501${last}`,
  number: `504-555-01${last}`,
  extension,
  label,
  updated_at: new Date(1_511_000_000_000).toISOString(),
})

export const create = (mark: string, numbers: Create["numbers"], keyed = false): Operation => ({
  kind: "create",
  clientId: 1,
  mark,
  keyed,
  numbers,
})
export const update = (mark: string, id: number, change: Update["change"] = {}, keyed = false): Operation => ({
  kind: "update",
  clientId: 1,
  mark,
  keyed,
  id,
  change,
})
export const remove = (mark: string, id: number, keyed = false): Operation => ({
  kind: "delete",
  clientId: 1,
  mark,
  keyed,
  id,
})

export type Sent = readonly [operation: Operation, status?: number, body?: unknown, replayed?: boolean]

/** Answered one after the other, where they are answered. */
const journalOf = (sent: ReadonlyArray<Sent>): ReadonlyArray<Entry> =>
  sent.map(([operation, status, body, replayed = false], index) => ({
    operation,
    answer: status === undefined ? undefined : { status, replayed, body },
    answered: status === undefined ? Infinity : index + 1,
  }))

export const numbers = (...phone_numbers: ReadonlyArray<object>) => ({ phone_numbers })

export const a: Sent = [
  create("a", [item(0), { ...item(1), extension: "5" }], true),
  201,
  numbers(shown(1, "a/0", "00"), shown(2, "a/1", "01", "5")),
]
export const b: Sent = [
  create("b", [item(2), item(3, true)]),
  201,
  numbers(shown(3, "b/0", "02"), shown(4, "b/1", "03")),
]
export const c: Sent = [create("c", [item(4), item(5)], true)]
export const d: Sent = [create("d", [item(6)])]
const e: Sent = [create("e", [item(6)]), 201, numbers(shown(7, "e/0", "06"))]
export const t: Sent = [update("t", 1, { is_primary: true }), 200, shown(1, "t", "00")]
export const u: Sent = [update("u", 1, { number: "+1 504 555 0110" }, true), 200, shown(1, "u", "10")]
export const x: Sent = [remove("x", 3, true), 200, numbers({ id: 3 })]

/**
 * Until the first crash: `t` updates a number of `a` and makes it the primary, `u` updates it again, `b` takes the
 * primary over, `x` deletes the other number of `b`. Two were not answered: `c` is there, `d` is not.
 */
export const journal = [a, t, u, b, x, e, c, d]
/** Until the second crash, and not answered: `v` changes what was found of `c` and is there, the others are not. */
export const later: ReadonlyArray<Sent> = [[update("v", 6)], [update("w", 5, { is_primary: true })], [remove("y", 7)]]

/** Takes the file back to the first crash, when nothing of `later` had been sent. */
const FIRST_CRASH = "UPDATE phone_numbers SET label = 'c/1', version = 1 WHERE id = 6"

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "phonebook-verify-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What verify finds in the file above after a change to it. */
export const verifyFile = (change: string, sent: ReadonlyArray<Sent>, state: State) => {
  const file = join(folder, "phonebook.db")
  rmSync(file, { force: true })
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false, defensive: false })
  database.exec(SCHEMA)
  database.exec(change)
  database.close()
  return verify(file, state, journalOf(sent))
}

/** What it finds after the first crash, and after the second. */
export const afterFirst = (change = "", sent = journal) => verifyFile(`${FIRST_CRASH}; ${change}`, sent, EMPTY)
export const afterSecond = (change = "", sent = later) => verifyFile(change, sent, afterFirst().state)
