/** Which part of a list: `page` from 1, `perPage` from 1 to MAX_PER_PAGE. */
export interface Page {
  readonly page: number
  readonly perPage: number
}

/** Entries on a page where nothing else is asked, and at most. */
export const MAX_PER_PAGE = 100

/** A page of a list: its entries by ascending id, and how many match in all. */
export interface Listed<Entry> extends Page {
  readonly entries: ReadonlyArray<Entry>
  readonly total: number
}

/** How a filter compares. */
export const OPERATORS = ["eq", "not_eq", "gt", "gte", "lt", "lte"] as const
export type Operator = (typeof OPERATORS)[number]

/**
 * What a listed phone number must satisfy. Null compares as in `eq` and `not_eq` alone: `not_eq` includes nulls, the other
 * comparisons never match one. Texts compare by code point.
 */
export type Condition =
  | { readonly field: "id" | "updatedAt"; readonly operator: Operator; readonly value: number | null }
  | {
      readonly field: "label" | "countryCode" | "extension"
      readonly operator: Operator
      readonly value: string | null
    }
  | {
      /** Compared by E.164. An extension written in the number must be the record's; without one any is. */
      readonly field: "e164"
      readonly operator: Operator
      readonly value: string | null
      readonly extension: string | null
    }
