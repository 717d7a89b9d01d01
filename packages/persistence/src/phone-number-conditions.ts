import type { Condition, Operator, Scope } from "@phonebook/domain"
import type { SQL, SQLWrapper } from "drizzle-orm"
import { and, eq, gt, gte, isNotNull, isNull, lt, lte, or, sql } from "./drizzle.ts"
import { clients, phoneNumbers } from "./tables.ts"

/** The condition that no row satisfies. */
const NOTHING = sql`0`

const comparisons = { eq, gt, gte, lt, lte }

/** SQLite compares text by its UTF-8, which is by code point. */
const compare = (column: SQLWrapper, operator: Operator, value: string | number | null): SQL => {
  if (operator === "not_eq") return value === null ? isNotNull(column) : sql`${column} IS NOT ${value}`
  if (value === null) return operator === "eq" ? isNull(column) : NOTHING
  return comparisons[operator](column, value)
}

const satisfying = (condition: Condition, e164: SQLWrapper): SQL | undefined => {
  const { operator, value } = condition
  if (condition.field !== "e164") return compare(phoneNumbers[condition.field], operator, value)
  if (condition.extension === null) return compare(e164, operator, value)
  return operator === "not_eq"
    ? or(compare(e164, operator, value), compare(phoneNumbers.extension, operator, condition.extension))
    : and(compare(e164, operator, value), eq(phoneNumbers.extension, condition.extension))
}

/**
 * The phone numbers, joined with their clients, that a list shows. A client's are found by its own index alone, so that
 * other clients' rows cost nothing; an account's by their E.164 form where that is given, else client by client.
 */
export const matching = (scope: Scope, conditions: ReadonlyArray<Condition>): SQL | undefined => {
  if ("accountId" in scope) {
    const { e164 } = phoneNumbers
    return and(eq(clients.accountId, scope.accountId), ...conditions.map((condition) => satisfying(condition, e164)))
  }
  // A column behind a plus is not looked up in an index, here that of all clients' numbers: https://sqlite.org/optoverview.html
  const e164 = sql`+${phoneNumbers.e164}`
  return and(eq(phoneNumbers.clientId, scope.clientId), ...conditions.map((condition) => satisfying(condition, e164)))
}
