import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { CREATED, type Entry } from "../src/operations.ts"
import { verify } from "../src/verify.ts"

// The real schema without what makes these states impossible: the index of the primary, the foreign key enforced.
const SCHEMA = `
  CREATE TABLE clients (id INTEGER PRIMARY KEY, phone_number_count INTEGER NOT NULL);
  CREATE TABLE phone_numbers (
    id INTEGER PRIMARY KEY, client_id INTEGER NOT NULL REFERENCES clients (id), label TEXT, country_code TEXT NOT NULL,
    number TEXT NOT NULL, raw_number TEXT NOT NULL, extension TEXT, typed TEXT NOT NULL, is_primary INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
  );
  INSERT INTO clients VALUES (1, 6), (2, 0);
  INSERT INTO phone_numbers VALUES
    (1, 1, 'a/0', '1', '504-555-0100', '5550100', NULL, '(504) 555-0100', 0, 1511000010),
    (2, 1, 'a/1', '1', '504-555-0101', '5550101', '5',  '(504) 555-0101', 0, 1511000000),
    (3, 1, 'b/0', '1', '504-555-0102', '5550102', NULL, '(504) 555-0102', 0, 1511000010),
    (4, 1, 'b/1', '1', '504-555-0103', '5550103', NULL, '(504) 555-0103', 1, 1511000010),
    (5, 1, 'c/0', '1', '504-555-0104', '5550104', NULL, '(504) 555-0104', 0, 1511000020),
    (6, 1, 'c/1', '1', '504-555-0105', '5550105', NULL, '(504) 555-0105', 0, 1511000020);
`

const item = (label: string, last: number, is_primary: boolean | null = null) => ({
  label,
  number: `(504) 555-010${last}`,
  is_primary,
})

const answered = (id: number, label: string, last: number, extension: string | null = null) => ({
  id,
  url: `/clients/1/phone_numbers/${id}`,
  country_code: "1",
  raw_number: `555010${last}`,
  number: `504-555-010${last}`,
  extension,
  label,
  updated_at: new Date(1_511_000_000_000).toISOString(),
})

const entry = (mark: string, numbers: Entry["operation"]["numbers"], answer?: Entry["answer"]): Entry => ({
  operation: { kind: "create", clientId: 1, mark, numbers },
  answer,
})

/** `a` makes its first number the primary, `b` takes it over, `c` was in flight and is stored, `d` was and is not. */
const journal: ReadonlyArray<Entry> = [
  entry("a", [item("a/0", 0), { ...item("a/1", 1), extension: "5" }], {
    status: CREATED,
    body: { phone_numbers: [answered(1, "a/0", 0), answered(2, "a/1", 1, "5")] },
  }),
  entry("b", [item("b/0", 2), item("b/1", 3, true)], {
    status: CREATED,
    body: { phone_numbers: [answered(3, "b/0", 2), answered(4, "b/1", 3)] },
  }),
  entry("c", [item("c/0", 4), item("c/1", 5)]),
  entry("d", [item("d/0", 6)]),
]

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "phonebook-verify-"))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** What verify finds in the clean file after a change to it. */
const found = (change: string, entries = journal) => {
  const file = join(folder, "phonebook.db")
  const database = new DatabaseSync(file, { enableForeignKeyConstraints: false, defensive: false })
  database.exec(SCHEMA)
  database.exec(change)
  database.close()
  return verify(file, entries)
}

describe("verify", () => {
  it("finds nothing where everything acknowledged is there and the rest is whole or absent", () => {
    const { discrepancies, stored } = found("")
    expect(discrepancies).toEqual([])
    expect([...stored]).toEqual(["a", "b", "c"])
  })

  const breaches: ReadonlyArray<[name: string, change: string, expected: ReadonlyArray<RegExp>]> = [
    [
      "an acknowledged batch that is missing",
      "DELETE FROM phone_numbers WHERE label LIKE 'a/%'; UPDATE clients SET phone_number_count = 4 WHERE id = 1",
      [/^batch a .* is missing, acknowledged as ids 1, 2$/u],
    ],
    [
      "a missing row of an acknowledged batch",
      "DELETE FROM phone_numbers WHERE id = 3; UPDATE clients SET phone_number_count = 5 WHERE id = 1",
      [/^batch b .* by half: 1 of its 2 .* acknowledged as ids 3, 4$/u],
    ],
    [
      "half of a batch that was in flight",
      "DELETE FROM phone_numbers WHERE id = 6; UPDATE clients SET phone_number_count = 5 WHERE id = 1",
      [/^batch c .* by half: 1 of its 2 .* not acknowledged$/u],
    ],
    [
      "another number than was acknowledged",
      "UPDATE phone_numbers SET number = '504-555-0199' WHERE id = 3",
      [/^batch b .* answered/u],
    ],
    [
      "another id than was acknowledged",
      "UPDATE phone_numbers SET id = id + 10 WHERE label LIKE 'b/%'",
      [/^batch b .* answered/u],
    ],
    ["ids that do not ascend by one", "UPDATE phone_numbers SET id = 16 WHERE id = 6", [/^batch c .* sent/u]],
    ["another number than was sent", "UPDATE phone_numbers SET typed = '?' WHERE id = 5", [/^batch c .* sent/u]],
    [
      "a number of another client",
      "UPDATE phone_numbers SET client_id = 2 WHERE id = 5",
      [
        /^batch c .* sent/u,
        /^client 1 counts 6 phone numbers and has 5$/u,
        /^client 2 counts 0 phone numbers and has 1$/u,
      ],
    ],
    [
      "a number older than its answer",
      "UPDATE phone_numbers SET updated_at = 1 WHERE id = 2",
      [/^phone number 2 .* older/u],
    ],
    [
      "two primaries",
      "UPDATE phone_numbers SET is_primary = 1 WHERE id = 1",
      [/^client 1 has 2 primaries: ids 1, 4$/u],
    ],
    [
      "a primary that nobody asked for",
      "UPDATE phone_numbers SET is_primary = (id = 1)",
      [/^the primary of client 1 is id 1, .* 4$/u],
    ],
    [
      "a primary that got lost",
      "UPDATE phone_numbers SET is_primary = 0",
      [/^the primary of client 1 is id none, .* 4$/u],
    ],
    [
      "a wrong counter",
      "UPDATE clients SET phone_number_count = 7 WHERE id = 1",
      [/^client 1 counts 7 phone numbers and has 6$/u],
    ],
    [
      "a number that nobody sent",
      "INSERT INTO phone_numbers VALUES (7, 2, 'e/0', '1', '', '', NULL, '', 0, 1); UPDATE clients SET phone_number_count = 1 WHERE id = 2",
      [/^a phone number that nobody sent: .*"id":7/u],
    ],
    ["a number of no client", "DELETE FROM clients WHERE id = 1", [/^PRAGMA foreign_key_check: /u]],
    [
      "a damaged index",
      `CREATE INDEX by_number ON phone_numbers (number); PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = 'CREATE INDEX by_number ON phone_numbers (label)' WHERE name = 'by_number'`,
      [/^PRAGMA integrity_check: /u],
    ],
  ]
  it.each(breaches)("finds %s", (_, change, expected) => {
    const { discrepancies } = found(change)
    expect(discrepancies).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })

  it("finds an id that was given twice", () => {
    const again = entry("d", [item("d/0", 6)], { status: CREATED, body: { phone_numbers: [answered(4, "d/0", 6)] } })
    const { discrepancies } = found("", [...journal.slice(0, 3), again])
    expect(discrepancies).toContain("id 4 was given to b/1 and to d/0")
  })

  it("finds a refused batch that is stored, and lets one go that is not", () => {
    const refused = { status: 503, body: { error: "Service Unavailable" } }
    const { discrepancies } = found("", [
      ...journal.slice(0, 2),
      entry("c", [item("c/0", 4), item("c/1", 5)], refused),
      entry("d", [item("d/0", 6)], refused),
    ])
    expect(discrepancies).toEqual(["batch c of client 1 was refused (503), but 2 of it are stored"])
  })

  it("finds an answer that nothing sent deserves", () => {
    const { discrepancies } = found("", [
      ...journal.slice(0, 3),
      entry("d", [item("d/0", 6)], { status: 500, body: {} }),
    ])
    expect(discrepancies).toEqual(["batch d of client 1 was answered 500: {}"])
  })
})
