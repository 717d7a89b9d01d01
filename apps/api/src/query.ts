import {
  type Filter,
  FILTER_FIELDS,
  type FilterField,
  MAX_PER_PAGE,
  type Operator,
  OPERATORS,
  type Page,
  type Query,
  readFilters,
} from "@phonebook/domain"
import { Result } from "effect"
import type { Context } from "hono"
import type { Env } from "./answer.ts"
import { InvalidQuery, type QueryViolation } from "./failures.ts"
import { targetOf } from "./target.ts"

/** A parameter of a query string, decoded. */
interface Parameter {
  readonly name: string
  readonly value: string
}

/** The fields that a list can be filtered by, by their names on the wire. */
const FIELDS: ReadonlyMap<string, FilterField> = new Map(
  FILTER_FIELDS.map((field) => [field.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`), field]),
)

/** As a form encodes it: a plus is a space, percent-encoding is of UTF-8. */
const decode = (text: string): string | null => {
  try {
    return decodeURIComponent(text.replaceAll("+", " "))
  } catch {
    return null
  }
}

/** The query string as sent; none beside a body, which is all that a signature covers then. */
const queryStringOf = (c: Context<Env>): string => {
  if (c.get("body").length > 0) return ""
  const [, query = ""] = targetOf(c).split(/\?(.*)/su)
  return query
}

/** `label` and `label.eq` are one filter. */
const withoutEq = (name: string): string => name.replace(/\.eq$/u, "")

/** The parameters of the query string, and what of it is none: bad percent-encoding, and a parameter given twice. */
const parametersOf = (
  c: Context<Env>,
): { readonly parameters: ReadonlyArray<Parameter>; readonly violations: ReadonlyArray<QueryViolation> } => {
  const parameters: Array<Parameter> = []
  const names = new Set<string>()
  const violations: Array<QueryViolation> = []
  for (const pair of queryStringOf(c)
    .split("&")
    .filter((each) => each !== "")) {
    const equals = pair.includes("=") ? pair.indexOf("=") : pair.length
    const name = decode(pair.slice(0, equals))
    const value = decode(pair.slice(equals + 1))
    if (name === null || value === null) {
      violations.push({ parameter: name ?? pair.slice(0, equals), code: "invalid_encoding" })
    } else if (names.has(withoutEq(name))) {
      violations.push({ parameter: name, code: "duplicate_parameter" })
    } else {
      names.add(withoutEq(name))
      parameters.push({ name, value })
    }
  }
  return { parameters, violations }
}

/** So many digits a page number may have that its offset is still a safe integer. */
const PAGE = /^0*[1-9]\d{0,12}$/u
const PER_PAGE = /^0*[1-9]\d*$/u

const readPage = (parameters: ReadonlyArray<Parameter>): Result.Result<Page, ReadonlyArray<QueryViolation>> => {
  const valueOf = (name: string) => parameters.find((parameter) => parameter.name === name)?.value
  const page = valueOf("page") ?? "1"
  const perPage = valueOf("per_page") ?? String(MAX_PER_PAGE)
  const violations = [
    ...(PAGE.test(page) ? [] : [{ parameter: "page", code: "invalid_value" as const }]),
    ...(PER_PAGE.test(perPage) ? [] : [{ parameter: "per_page", code: "invalid_value" as const }]),
  ]
  return violations.length > 0
    ? Result.fail(violations)
    : Result.succeed({ page: Number(page), perPage: Math.min(Number(perPage), MAX_PER_PAGE) })
}

const isPaging = ({ name }: Parameter): boolean => name === "page" || name === "per_page"

/** A filter, and the parameter it came in. */
interface NamedFilter extends Filter {
  readonly name: string
}

/** `field=value` or `field.op=value`; none where there is no such field or operator. */
const filterOf = ({ name, value }: Parameter): ReadonlyArray<NamedFilter> => {
  const [prefix = "", operator = "eq", ...rest] = name.split(".")
  const field = FIELDS.get(prefix)
  return field === undefined || rest.length > 0 || !OPERATORS.some((known) => known === operator)
    ? []
    : [{ name, field, operator: operator as Operator, text: value }]
}

const unknown = ({ name }: Parameter): QueryViolation => ({ parameter: name, code: "unknown_parameter" })

const failuresOf = <A, E>(result: Result.Result<A, ReadonlyArray<E>>): ReadonlyArray<E> =>
  Result.isFailure(result) ? result.failure : []

/** What was read of a query, where nothing at all is wrong with it. */
const unlessWrong = <A>(
  read: Result.Result<A, unknown>,
  violations: ReadonlyArray<QueryViolation>,
): Result.Result<A, InvalidQuery> =>
  Result.isSuccess(read) && violations.length === 0
    ? Result.succeed(read.success)
    : Result.fail(new InvalidQuery({ violations }))

/** The paging of a list that has no filters. */
export const pageOf = (c: Context<Env>): Result.Result<Page, InvalidQuery> => {
  const { parameters, violations } = parametersOf(c)
  const page = readPage(parameters)
  const strangers = parameters.filter((parameter) => !isPaging(parameter)).map(unknown)
  return unlessWrong(page, [...violations, ...failuresOf(page), ...strangers])
}

/** Paging and filters of a list of phone numbers; all that is wrong with them at once. */
export const queryOf = (c: Context<Env>, defaultCountryCode: string): Result.Result<Query, InvalidQuery> => {
  const { parameters, violations } = parametersOf(c)
  const given = parameters.filter((parameter) => !isPaging(parameter))
  const page = readPage(parameters)
  const conditions = readFilters(given.flatMap(filterOf), defaultCountryCode)
  return unlessWrong(Result.all({ page, conditions }), [
    ...violations,
    ...failuresOf(page),
    ...given.filter((parameter) => filterOf(parameter).length === 0).map(unknown),
    ...failuresOf(conditions).map(({ filter, code }) => ({ parameter: filter.name, code })),
  ])
}

/** As `queryOf`, but the number asked for must be there. */
export const numberQueryOf = (c: Context<Env>, defaultCountryCode: string): Result.Result<Query, InvalidQuery> => {
  const query = queryOf(c, defaultCountryCode)
  const { parameters, violations } = parametersOf(c)
  const asked = parameters
    .flatMap(filterOf)
    .some(({ field, operator, text }) => field === "number" && operator === "eq" && text.trim() !== "")
  if (asked || violations.some(({ parameter }) => withoutEq(parameter) === "number")) return query
  const others = Result.isFailure(query) ? query.failure.violations : []
  return Result.fail(new InvalidQuery({ violations: [...others, { parameter: "number", code: "blank" }] }))
}

/** The links of a list to its other pages: the same query but for the page. */
export const linkOf = (c: Context<Env>, { page, perPage, total }: Page & { readonly total: number }): string => {
  const [path] = targetOf(c).split("?")
  const filters = parametersOf(c).parameters.filter((parameter) => !isPaging(parameter))
  const last = Math.max(1, Math.ceil(total / perPage))
  const link = (rel: string, to: number) => {
    const parameters = [...filters, { name: "page", value: String(to) }, { name: "per_page", value: String(perPage) }]
    const query = parameters.map(({ name, value }) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    return `<${path}?${query.join("&")}>; rel="${rel}"`
  }
  return [
    link("first", 1),
    ...(page > 1 ? [link("prev", Math.min(page - 1, last))] : []),
    ...(page < last ? [link("next", page + 1)] : []),
    link("last", last),
  ].join(", ")
}
