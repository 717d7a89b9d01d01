import { describe, expect, it } from "vitest"
import {
  afterFirst,
  afterSecond,
  create,
  item,
  later,
  numbers,
  remove,
  type Sent,
  shown,
  update,
  verifyFile,
} from "./history.ts"

describe("verify", () => {
  it("finds nothing where everything acknowledged is there and the rest is whole or absent", () => {
    const before = afterFirst()
    expect(before.discrepancies).toEqual([])
    expect(before.unanswered).toBe(1)
    const after = verifyFile("", later, before.state)
    expect(after.discrepancies).toEqual([])
    expect(after.unanswered).toBe(1)
  })

  const count = (many: number) => `UPDATE clients SET phone_number_count = ${many} WHERE id = 1`

  const inFirstRound: ReadonlyArray<[name: string, change: string, expected: ReadonlyArray<RegExp>]> = [
    [
      "half of a batch that was in flight",
      `DELETE FROM phone_numbers WHERE id = 6; ${count(5)}`,
      [/^create c of client 1 is not there once: 1 of its 2 numbers are$/u],
    ],
    [
      "a batch that is there twice",
      `INSERT INTO phone_numbers SELECT id + 10, client_id, label, country_code, number, raw_number, extension, typed, 0,
         updated_at, version, e164 FROM phone_numbers WHERE id IN (5, 6); ${count(8)}`,
      [/^create c of client 1 is not there once: 4 of its 2 numbers are$/u],
    ],
    [
      "ids that do not ascend by one",
      "UPDATE phone_numbers SET id = 16 WHERE id = 6",
      [/^phone number 6 \(c\/1\) is missing$/u, /^a phone number that nobody sent: .*"id":16/u],
    ],
    [
      "another number than was sent",
      "UPDATE phone_numbers SET typed = '?' WHERE id = 5",
      [/^phone number 5 \(c\/0\) has typed "\?", not "\(504\) 555-0104"$/u],
    ],
    [
      "a number by which it would not be found",
      "UPDATE phone_numbers SET e164 = '+15045550199' WHERE id IN (1, 5)",
      [
        /^phone number 1 \(u\) has e164 "\+15045550199", not "\+15045550110"$/u,
        /^phone number 5 \(c\/0\) has e164 "\+15045550199", not "\+15045550104"$/u,
      ],
    ],
    [
      "a primary that gave way without a version",
      "UPDATE phone_numbers SET version = 3 WHERE id = 1",
      [/^phone number 1 \(u\) has version 3, not 4$/u],
    ],
    [
      "a version of nothing",
      "UPDATE phone_numbers SET version = version + 1",
      [1, 2, 4, 7, 5, 6].map((id) => new RegExp(`^phone number ${id} .* has version`, "u")),
    ],
    [
      "an earlier update in the place of a later one",
      `UPDATE phone_numbers SET label = 't' WHERE id = 1`,
      [/^phone number 1 \(u\) has label "t", not "u"$/u],
    ],
  ]
  it.each(inFirstRound)("finds %s", (_, change, expected) => {
    expect(afterFirst(change).discrepancies).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })

  const breaches: ReadonlyArray<[name: string, change: string, expected: ReadonlyArray<RegExp>]> = [
    [
      "an acknowledged number that is missing",
      `DELETE FROM phone_numbers WHERE id = 2; ${count(5)}`,
      [/^phone number 2 \(a\/1\) is missing$/u],
    ],
    [
      "a number that was found after a crash and is missing after the next",
      `DELETE FROM phone_numbers WHERE id = 5; ${count(5)}`,
      [/^phone number 5 \(c\/0\) is missing$/u],
    ],
    [
      "another number than was acknowledged",
      "UPDATE phone_numbers SET number = '504-555-0199' WHERE id = 1",
      [/^phone number 1 \(u\) has number "504-555-0199", not "504-555-0110"$/u],
    ],
    [
      "an update that is undone",
      "UPDATE phone_numbers SET label = 'a/0' WHERE id = 1",
      [/^phone number 1 \(u\) has label "a\/0", not "u"$/u],
    ],
    [
      "half of an update that was in flight",
      "UPDATE phone_numbers SET typed = '?' WHERE id = 6",
      [/^phone number 6 \(v\) has typed "\?"/u],
    ],
    [
      "a deleted number that is back",
      `INSERT INTO phone_numbers VALUES (3, 1, 'b/0', '1', '', '', NULL, '', 0, 1, 1, ''); ${count(7)}`,
      [/^a phone number was deleted: .*"id":3/u],
    ],
    [
      "a version that is given again",
      "UPDATE phone_numbers SET version = 3 WHERE id = 1",
      [/^phone number 1 \(u\) has version 3, not 4$/u],
    ],
    [
      "a number of another client",
      "UPDATE phone_numbers SET client_id = 2 WHERE id = 5",
      [
        /^client 1 counts 6 phone numbers and has 5$/u,
        /^client 2 counts 0 phone numbers and has 1$/u,
        /^phone number 5 .* client_id 2, not 1$/u,
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
      [/^phone number 4 .* has version 1, not 2$/u, /^the primary of client 1 is id 1, .* 4$/u],
    ],
    [
      "a primary that got lost",
      "UPDATE phone_numbers SET is_primary = 0",
      [/^phone number 4 .* has version 1, not 2$/u, /^the primary of client 1 is id none, .* 4$/u],
    ],
    ["a wrong counter of numbers", count(7), [/^client 1 counts 7 phone numbers and has 6$/u]],
    ["a wrong counter of clients", "UPDATE accounts SET client_count = 3", [/^account 1 counts 3 clients and has 2$/u]],
    [
      "a number that nobody sent",
      "INSERT INTO phone_numbers VALUES (8, 2, 'z/0', '1', '', '', NULL, '', 0, 1, 1, ''); UPDATE clients SET phone_number_count = 1 WHERE id = 2",
      [/^a phone number that nobody sent: .*"id":8/u],
    ],
    [
      "a number of no client",
      "DELETE FROM clients WHERE id = 1; UPDATE accounts SET client_count = 1",
      [/^PRAGMA foreign_key_check: /u],
    ],
    [
      "a damaged index",
      `CREATE INDEX by_number ON phone_numbers (number); PRAGMA writable_schema = ON;
       UPDATE sqlite_schema SET sql = 'CREATE INDEX by_number ON phone_numbers (label)' WHERE name = 'by_number'`,
      [/^PRAGMA integrity_check: /u],
    ],
  ]
  it.each(breaches)("finds %s", (_, change, expected) => {
    expect(afterSecond(change).discrepancies).toEqual(expected.map((pattern) => expect.stringMatching(pattern)))
  })

  it("finds the id of a deleted number that is given again", () => {
    const insert = `INSERT INTO phone_numbers VALUES (3, 1, 'f/0', '1', '504-555-0107', '5550107', NULL, '(504) 555-0107', 0, 1511000020, 1, '+15045550107'); ${count(7)}`
    const f = create("f", [item(7)])
    expect(afterSecond(insert, [...later, [f, 201, numbers(shown(3, "f/0", "07"))]]).discrepancies).toEqual([
      "id 3 was given again, to f/0",
    ])
    expect(afterSecond(insert, [...later, [f]]).discrepancies).toEqual([
      expect.stringMatching(/^a phone number was deleted: /u),
    ])
  })

  it("finds a refused write that is there, and lets one go that is not", () => {
    const refused = [503, { error: "Service Unavailable" }] as const
    const sent: ReadonlyArray<Sent> = [
      [update("v", 6), ...refused],
      [remove("y", 7), ...refused],
    ]
    expect(afterSecond("", sent).discrepancies).toEqual([
      'phone number 6 (c/1) has label "v", not "c/1"',
      "phone number 6 (c/1) has version 2, not 1",
    ])
  })

  it("finds an answer that nothing sent deserves", () => {
    expect(afterSecond("", [...later, [create("f", [item(7)]), 500, {}]]).discrepancies).toEqual([
      "create f of client 1 was answered 500: {}",
    ])
  })
})
