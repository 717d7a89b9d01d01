import { type Counting, readContents, type Row } from "./contents.ts"
import type { Entry } from "./operations.ts"
import { possiblePrimaries, type Turn, turnsOf } from "./primary.ts"
import { type Done, reckon, type State } from "./reckon.ts"

export interface Findings {
  /** Each breach of what is promised, exactly; none is what one hopes for. */
  readonly discrepancies: ReadonlyArray<string>
  /** How many operations were carried out that were not answered. */
  readonly unanswered: number
  /** What is known of the file from now on. */
  readonly state: State
}

/** Holds a database against what was known of it and the journal of everything that was sent to it since. */
export const verify = (file: string, before: State, journal: ReadonlyArray<Entry>): Findings => {
  const contents = readContents(file)
  const found = new Map(contents.phoneNumbers.map((row) => [row.id, row]))
  const { rows, ids, kept, done, discrepancies } = reckon(before, found, journal)
  const doneTo = Map.groupBy(done, ({ operation }) => operation.clientId)
  const primaries = primariesOf(found)
  const formerPrimaries = primariesOf(before.rows)
  const turns = Map.groupBy(done.flatMap(turnsOf), ({ id }) => id)

  return {
    discrepancies: [
      ...checkPragma("integrity_check", contents.integrity, [{ integrity_check: "ok" }]),
      ...checkPragma("foreign_key_check", contents.foreignKeys, []),
      ...contents.accounts.flatMap((account) => checkCount("account", account, "clients")),
      ...contents.clients.flatMap((client) => checkCount("client", client, "phone numbers")),
      ...discrepancies,
      ...[...rows.values()].flatMap((row) => checkRow(row, found.get(row.id))),
      ...[...rows.values()].flatMap((row) =>
        checkVersion(row, found.get(row.id), before.rows.get(row.id), turns.get(row.id) ?? []),
      ),
      ...contents.phoneNumbers
        .filter(({ id }) => !rows.has(id))
        .map((row) => `a phone number ${ids.has(row.id) ? "was deleted" : "that nobody sent"}: ${JSON.stringify(row)}`),
      ...contents.clients.flatMap(({ id }) =>
        checkPrimary(id, primaries.get(id) ?? [], formerPrimaries.get(id)?.[0], doneTo.get(id) ?? []),
      ),
    ],
    unanswered: done.filter(({ answered }) => answered === Infinity).length,
    state: { rows: found, ids: new Set([...ids, ...found.keys()]), kept },
  }
}

const primariesOf = (rows: ReadonlyMap<number, Row>): ReadonlyMap<number, ReadonlyArray<number>> => {
  const primaries = [...rows.values()].filter(({ is_primary }) => is_primary === 1)
  const byClient = Map.groupBy(primaries, ({ client_id }) => client_id)
  return new Map([...byClient].map(([clientId, ofClient]) => [clientId, ofClient.map(({ id }) => id)]))
}

const checkPragma = (name: string, found: ReadonlyArray<object>, clean: ReadonlyArray<object>): ReadonlyArray<string> =>
  JSON.stringify(found) === JSON.stringify(clean) ? [] : [`PRAGMA ${name}: ${JSON.stringify(found)}`]

const checkCount = (owner: string, { id, counted, there }: Counting, what: string): ReadonlyArray<string> =>
  counted === there ? [] : [`${owner} ${id} counts ${counted} ${what} and has ${there}`]

const FIELDS = ["client_id", "label", "country_code", "number", "raw_number", "extension", "e164", "typed"] as const

const checkRow = (expected: Row, found: Row | undefined): ReadonlyArray<string> => {
  const { id, label } = expected
  if (found === undefined) return [`phone number ${id} (${label}) is missing`]
  const differing = FIELDS.filter((field) => expected[field] !== found[field])
  return [
    ...differing.map(
      (field) =>
        `phone number ${id} (${label}) has ${field} ${JSON.stringify(found[field])}, not ${JSON.stringify(expected[field])}`,
    ),
    // A number that has ceased to be the primary since has a later time.
    ...(found.updated_at < expected.updated_at ? [`phone number ${id} (${label}) is older than it was`] : []),
  ]
}

/** Each turn of a number as the primary may have been ended by another number, which is a version too. */
const checkVersion = (
  { id, label, version }: Row,
  found: Row | undefined,
  former: Row | undefined,
  turns: ReadonlyArray<Turn>,
): ReadonlyArray<string> => {
  if (found === undefined) return []
  const begun = turns.filter(({ begins }) => begins).length + (former?.is_primary ?? 0)
  const most = version + Math.max(0, begun - found.is_primary)
  // One was, where it has not ended its turns itself.
  const least = most > version && found.is_primary === 0 && turns.every(({ begins }) => begins) ? version + 1 : version
  if (found.version >= least && found.version <= most) return []
  return [
    `phone number ${id} (${label}) has version ${found.version}, not ${least === most ? most : `${least} to ${most}`}`,
  ]
}

const checkPrimary = (
  clientId: number,
  found: ReadonlyArray<number>,
  former: number | undefined,
  done: ReadonlyArray<Done>,
): ReadonlyArray<string> => {
  if (found.length > 1) return [`client ${clientId} has ${found.length} primaries: ids ${found.join(", ")}`]
  const possible = possiblePrimaries(former, done)
  if (possible.includes(found[0])) return []
  return [
    `the primary of client ${clientId} is id ${found[0] ?? "none"}, and should be ${possible.map((id) => id ?? "none").join(" or ")}`,
  ]
}
