/** An object of JSON, whatever it holds: what answers may be no Phonebook. */
export type Json = Readonly<Record<string, unknown>>

export const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** Tells whether a success is what a call asks for. */
export type Shape = (body: Json) => boolean

export const isRecord: Shape = ({ id }) => typeof id === "number"

/** Records under this key, and just as many where a count is given. */
export const hasRecords =
  (key: string, count?: number): Shape =>
  ({ [key]: entries }) =>
    Array.isArray(entries) &&
    (count === undefined || entries.length === count) &&
    entries.every((entry) => isObject(entry) && isRecord(entry))

/** Records under this key, and what the paging goes by. */
export const isPageOf =
  (key: string): Shape =>
  (body) =>
    typeof body.per_page === "number" && typeof body.total_entries === "number" && hasRecords(key)(body)
