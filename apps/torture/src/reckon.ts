import type { PhoneNumber } from "@phonebook/contract"
import type { Row } from "./contents.ts"
import {
  acknowledged,
  type Answer,
  answeredNumbers,
  type Entry,
  labelOf,
  markOf,
  type Operation,
} from "./operations.ts"

/** What a server that has no room may answer; nothing is stored then. */
const UNAVAILABLE = 503

/** What is known of a file. */
export interface State {
  /** The phone numbers that are in it, by id. */
  readonly rows: ReadonlyMap<number, Row>
  /** Every id that a phone number ever had. */
  readonly ids: ReadonlySet<number>
  /** The keyed operations that were carried out, by their marks, with their answers where one came. */
  readonly kept: ReadonlyMap<string, Answer | undefined>
}

export const EMPTY: State = { rows: new Map(), ids: new Set(), kept: new Map() }

/** An operation that was carried out, by what is known. */
export interface Done {
  readonly operation: Operation
  /** Of the phone numbers that it wrote or deleted, in its order. */
  readonly ids: ReadonlyArray<number>
  /** Its line in the journal. */
  readonly sent: number
  readonly answered: number
}

interface Reckoning extends State {
  readonly done: ReadonlyArray<Done>
  readonly discrepancies: ReadonlyArray<string>
}

/** What an operation leaves under each id: undefined is nothing. */
type Outcome = ReadonlyArray<readonly [id: number, row: Row | undefined]>

/** What an answer, or the file, tells of a number. */
type Told = Pick<Row, "id" | "country_code" | "number" | "raw_number" | "extension" | "updated_at">

const toldBy = (number: PhoneNumber): Told => ({ ...number, updated_at: Date.parse(number.updated_at) / 1000 })

/** A number is shown with all its digits, in groups. */
const e164Of = ({ country_code, number }: Told): string => `+${country_code}${number.replaceAll("-", "")}`

/** What an operation must have left: what was sent, as it was sent, and the rest as it is told, or as it was. */
const outcomeOf = (operation: Operation, told: ReadonlyArray<Told>, rows: ReadonlyMap<number, Row>): Outcome => {
  const { kind, clientId: client_id, mark } = operation
  if (kind === "delete") return [[operation.id, undefined]]
  const { country_code, number, raw_number, extension, updated_at } = told[0]!
  if (kind === "update") {
    const { id, change } = operation
    const former = rows.get(id)!
    const read = {
      country_code,
      number,
      raw_number,
      extension,
      e164: e164Of(told[0]!),
      typed: change.number ?? former.typed,
    }
    return [[id, { ...former, ...read, label: mark, version: former.version + 1, updated_at }]]
  }
  return operation.numbers.map(({ number: typed }, index) => {
    const id = told[0]!.id + index
    const row = {
      ...told[index]!,
      id,
      client_id,
      label: labelOf(mark, index),
      typed,
      is_primary: 0,
      version: 1,
    } as const
    return [id, { ...row, e164: e164Of(row) }]
  })
}

/** What must be in a file, by what was known of it, what was sent since, and, of what was not answered, by the file. */
export const reckon = (before: State, found: ReadonlyMap<number, Row>, journal: ReadonlyArray<Entry>): Reckoning => {
  const rows = new Map(before.rows)
  const ids = new Set(before.ids)
  const kept = new Map(before.kept)
  const done: Array<Done> = []
  const discrepancies: Array<string> = []
  const created = Map.groupBy(
    [...found.values()].filter(({ id }) => !before.ids.has(id)),
    ({ label }) => markOf(label),
  )

  /** What the file tells of an operation that was not answered; undefined where it was not carried out. */
  const toldByFile = (operation: Operation): ReadonlyArray<Told> | undefined => {
    if (operation.kind === "create") return created.get(operation.mark)
    const row = found.get(operation.id)
    if (operation.kind === "delete") return row === undefined ? [] : undefined
    if (row?.label !== operation.mark) return undefined
    const former = rows.get(operation.id)!
    const { updated_at } = row
    return [operation.change.number === undefined ? { ...former, updated_at } : { ...row, extension: former.extension }]
  }

  const carryOut = ({ operation, answer, answered }: Entry, sent: number, told: ReadonlyArray<Told>) => {
    const many = operation.kind === "create" ? operation.numbers.length : told.length
    if (told.length !== many) {
      discrepancies.push(`${nameOf(operation)} is not there once: ${told.length} of its ${many} numbers are`)
      // Its rows need not be reported once more.
      for (const { id } of told) if (found.has(id)) rows.set(id, found.get(id)!)
      return
    }
    const repeated = kept.has(operation.mark)
    const outcome = outcomeOf(operation, told, rows)
    for (const [id, row] of outcome) {
      if (operation.kind === "create" && ids.has(id) && !repeated) {
        discrepancies.push(`id ${id} was given again, to ${row!.label}`)
      }
      ids.add(id)
      if (row === undefined) rows.delete(id)
      else rows.set(id, repeated ? { ...row, version: rows.get(id)?.version ?? row.version } : row)
    }
    // A repetition does nothing.
    if (!repeated) done.push({ operation, ids: outcome.map(([id]) => id), sent, answered })
    if (operation.keyed) kept.set(operation.mark, answer)
  }

  for (const [sent, entry] of journal.entries()) {
    const { operation, answer } = entry
    const repeated = kept.has(operation.mark)
    if (answer === undefined) {
      const told = repeated ? undefined : toldByFile(operation)
      if (told !== undefined) carryOut(entry, sent, told)
    } else if (!acknowledged(operation, answer)) {
      if (answer.status !== UNAVAILABLE) {
        discrepancies.push(`${nameOf(operation)} was answered ${answer.status}: ${JSON.stringify(answer.body)}`)
      }
    } else {
      if (answer.replayed !== repeated) {
        discrepancies.push(`${nameOf(operation)} was ${repeated ? "carried out again" : "answered as a repetition"}`)
      }
      const first = kept.get(operation.mark)
      if (first === undefined) carryOut(entry, sent, answeredNumbers(operation, answer).map(toldBy))
      else if (JSON.stringify(answer.body) !== JSON.stringify(first.body)) {
        const [now, then] = [answer, first].map(({ body }) => JSON.stringify(body))
        discrepancies.push(`${nameOf(operation)} was answered ${now} when it was sent again, and ${then} before`)
      }
    }
  }
  return { rows, ids, kept, done, discrepancies }
}

const nameOf = ({ kind, mark, clientId }: Operation): string => `${kind} ${mark} of client ${clientId}`
