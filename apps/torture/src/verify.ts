import { DatabaseSync } from "node:sqlite"
import { acknowledged, type Entry, markOf, type Operation } from "./operations.ts"

/** A phone number as it lies in the file. */
interface Row {
  readonly id: number
  readonly client_id: number
  readonly label: string | null
  readonly country_code: string
  readonly number: string
  readonly raw_number: string
  readonly extension: string | null
  readonly typed: string
  readonly is_primary: 0 | 1
  readonly updated_at: number
}

interface Client {
  readonly id: number
  readonly phone_number_count: number
}

/** What a server that has no room may answer; nothing is stored then. */
const UNAVAILABLE = 503

export interface Findings {
  /** The marks of the batches that are in the file. */
  readonly stored: ReadonlySet<string | undefined>
  /** Each breach of what is promised, exactly; none is what one hopes for. */
  readonly discrepancies: ReadonlyArray<string>
}

/** Holds a database against the journal of everything that was ever sent to it. */
export const verify = (file: string, journal: ReadonlyArray<Entry>): Findings => {
  const database = new DatabaseSync(file, { readOnly: true })
  const select = <A>(sql: string) => database.prepare(sql).all() as unknown as ReadonlyArray<A>
  try {
    const rows = select<Row>("SELECT * FROM phone_numbers ORDER BY id")
    const clients = select<Client>("SELECT id, phone_number_count FROM clients ORDER BY id")
    const batches = Map.groupBy(rows, ({ label }) => markOf(label))
    const sent = new Map(journal.map(({ operation }) => [operation.mark, operation]))
    const ofClient = Map.groupBy(rows, ({ client_id }) => client_id)
    const whole = journal.flatMap((entry) => checkBatch(entry, batches.get(entry.operation.mark) ?? []))
    return {
      stored: new Set(batches.keys()),
      discrepancies: [
        ...checkPragma("integrity_check", select("PRAGMA integrity_check"), [{ integrity_check: "ok" }]),
        ...checkPragma("foreign_key_check", select("PRAGMA foreign_key_check"), []),
        ...checkIds(journal),
        ...whole,
        ...rows
          .filter(({ label }) => !sent.has(markOf(label) ?? ""))
          .map((row) => `a phone number that nobody sent: ${JSON.stringify(row)}`),
        ...clients.flatMap((client) => checkCount(client, ofClient.get(client.id) ?? [])),
        // Of batches by half it cannot be told which number they would have made the primary.
        ...(whole.length > 0 ? [] : clients.flatMap(({ id }) => checkPrimary(id, ofClient.get(id) ?? [], sent))),
      ],
    }
  } finally {
    database.close()
  }
}

const checkPragma = (
  name: string,
  found: ReadonlyArray<unknown>,
  clean: ReadonlyArray<unknown>,
): ReadonlyArray<string> =>
  JSON.stringify(found) === JSON.stringify(clean) ? [] : [`PRAGMA ${name}: ${JSON.stringify(found)}`]

/** An id that was acknowledged belongs to that number for ever. */
const checkIds = (journal: ReadonlyArray<Entry>): ReadonlyArray<string> => {
  const given = journal.flatMap((entry) => (acknowledged(entry) ?? []).map(({ id, label }) => ({ id, label })))
  return [...Map.groupBy(given, ({ id }) => id)]
    .filter(([, uses]) => uses.length > 1)
    .map(([id, uses]) => `id ${id} was given to ${uses.map(({ label }) => label).join(" and to ")}`)
}

/** All or nothing; all where it was acknowledged, with the very ids and numbers; nothing where it was refused. */
const checkBatch = (entry: Entry, rows: ReadonlyArray<Row>): ReadonlyArray<string> => {
  const { operation, answer } = entry
  const batch = `batch ${operation.mark} of client ${operation.clientId}`
  const answered = acknowledged(entry)
  if (answer !== undefined && answered === undefined) {
    return [
      ...(answer.status === UNAVAILABLE
        ? []
        : [`${batch} was answered ${answer.status}: ${JSON.stringify(answer.body)}`]),
      ...(rows.length === 0 ? [] : [`${batch} was refused (${answer.status}), but ${rows.length} of it are stored`]),
    ]
  }

  const fate =
    answered === undefined ? "not acknowledged" : `acknowledged as ids ${answered.map(({ id }) => id).join(", ")}`
  if (rows.length === 0) return answered === undefined ? [] : [`${batch} is missing, ${fate}`]
  if (rows.length !== operation.numbers.length) {
    return [`${batch} is there by half: ${rows.length} of its ${operation.numbers.length} numbers are stored, ${fate}`]
  }

  const differing = (what: string, fields: Array<string>, numbers: ReadonlyArray<object>): ReadonlyArray<string> => {
    const [expected, stored] = [JSON.stringify(numbers, fields), JSON.stringify(rows, fields)]
    return expected === stored ? [] : [`${batch} is not as ${what}: ${expected}, stored ${stored}`]
  }
  const sent = operation.numbers.map(({ number, label }, index) => {
    return { id: rows[0]!.id + index, client_id: operation.clientId, label, typed: number }
  })
  return [
    ...differing("sent", ["id", "client_id", "label", "typed"], sent),
    ...differing("answered", ["id", "label", "country_code", "number", "raw_number", "extension"], answered ?? rows),
    // A number that has ceased to be the primary since has a later time.
    ...(answered ?? [])
      .filter(({ updated_at }, index) => Date.parse(updated_at) / 1000 > (rows[index]?.updated_at ?? Infinity))
      .map(({ id, updated_at }) => `phone number ${id} of ${batch} is older than when it was answered, ${updated_at}`),
  ]
}

const checkCount = ({ id, phone_number_count }: Client, rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  phone_number_count === rows.length
    ? []
    : [`client ${id} counts ${phone_number_count} phone numbers and has ${rows.length}`]

/** One primary at most, and the one that the batches make, taken in the order in which they got their ids. */
const checkPrimary = (
  clientId: number,
  rows: ReadonlyArray<Row>,
  sent: ReadonlyMap<string, Operation>,
): ReadonlyArray<string> => {
  let expected: Row | undefined
  for (const [mark, batch] of Map.groupBy(rows, ({ label }) => markOf(label))) {
    const wishes = sent.get(mark ?? "")?.numbers.map(({ is_primary }) => is_primary ?? null) ?? []
    const asking = wishes.indexOf(true)
    const isFirst = batch[0] === rows[0]
    expected = batch[asking >= 0 || !isFirst ? asking : wishes.indexOf(null)] ?? expected
  }
  const primaries = rows.filter(({ is_primary }) => is_primary === 1).map(({ id }) => id)
  if (primaries.length > 1) return [`client ${clientId} has ${primaries.length} primaries: ids ${primaries.join(", ")}`]
  return primaries[0] === expected?.id
    ? []
    : [`the primary of client ${clientId} is id ${primaries[0] ?? "none"}, and should be ${expected?.id ?? "none"}`]
}
