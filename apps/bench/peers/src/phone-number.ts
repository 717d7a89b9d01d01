import { parsePhoneNumberFromString } from "libphonenumber-js/max"

export interface Item {
  readonly label?: string | null | undefined
  readonly country_code?: string | null | undefined
  readonly number: string
  readonly extension?: string | null | undefined
  readonly is_primary?: boolean | null | undefined
}

export interface Row {
  readonly id: number
  readonly clientId: number
  readonly label: string | null
  readonly countryCode: string
  readonly number: string
  readonly rawNumber: string
  readonly extension: string | null
  readonly e164: string
  readonly typed: string
  readonly isPrimary: boolean
  readonly updatedAt: number
}

/** What is stored of an item, or undefined for a number that cannot be one. */
const read = ({ label, country_code, number, extension }: Item) => {
  const given = country_code?.replace("+", "")
  const phone = parsePhoneNumberFromString(number, { defaultCallingCode: given ?? "1", extract: false })
  if (phone === undefined || !phone.isPossible()) return undefined
  const { countryCallingCode: countryCode, nationalNumber } = phone
  if (given !== undefined && given !== countryCode) return undefined
  if (countryCode === "1" && !/^[2-9]\d{9}$/u.test(nationalNumber)) return undefined
  if (extension && phone.ext && extension !== phone.ext) return undefined
  const groups = phone
    .formatInternational({ formatExtension: (formatted) => formatted })
    .split(" ")
    .slice(1)
  return {
    label: label ?? null,
    countryCode,
    number: groups.join("-"),
    rawNumber: countryCode === "1" ? nationalNumber.slice(3) : nationalNumber,
    extension: extension || phone.ext || null,
    e164: phone.number as string,
    typed: number,
  }
}

/** The rows to insert, but for their primary; undefined where an item cannot be stored. */
export const readAll = (clientId: number, items: ReadonlyArray<Item>) => {
  if (items.filter(({ is_primary }) => is_primary === true).length > 1) return undefined
  const updatedAt = Math.floor(Date.now() / 1000)
  const rows = []
  for (const item of items) {
    const row = read(item)
    if (row === undefined) return undefined
    rows.push({ clientId, ...row, updatedAt })
  }
  return rows
}

/** Which item becomes the primary, -1 for none; the first that says nothing only if the client has no numbers yet. */
export const primaryOf = (items: ReadonlyArray<Item>): { readonly index: number; readonly onlyIfFirst: boolean } => {
  const asking = items.findIndex(({ is_primary }) => is_primary === true)
  if (asking >= 0) return { index: asking, onlyIfFirst: false }
  const silent = items.findIndex(({ is_primary }) => is_primary === null || is_primary === undefined)
  return { index: silent, onlyIfFirst: silent >= 0 }
}

export const envelope = (rows: ReadonlyArray<Row>) => ({
  current_page: 1,
  per_page: 100,
  total_entries: rows.length,
  phone_numbers: rows.map((row) => ({
    id: row.id,
    url: `/clients/${row.clientId}/phone_numbers/${row.id}`,
    country_code: row.countryCode,
    raw_number: row.rawNumber,
    number: row.number,
    extension: row.extension,
    label: row.label,
    updated_at: new Date(row.updatedAt * 1000).toISOString().replace(".000", ""),
  })),
})
