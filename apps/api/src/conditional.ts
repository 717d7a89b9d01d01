import type { ExpectedVersions } from "@phonebook/domain"
import type { Context } from "hono"
import type { Answer, Env } from "./answer.ts"
import { isRead } from "./method.ts"

/** The entity tag of a record: its version, counted in the database. */
const etagOf = (record: { readonly version: number }): string => `"${record.version}"`

const tagsIn = (header: string): ReadonlyArray<string> => header.split(",").map((tag) => tag.trim())

/** Answers a body with its ETag: 304 without it to a caller who has it (`If-None-Match`). */
export const answerTagged = (
  c: Context<Env>,
  etag: string,
  body: object | string,
  headers?: Answer["headers"],
): Answer => {
  const known = isRead(c.req.method) ? c.req.header("if-none-match") : undefined
  // A weak tag says as much here as a strong one.
  const same = known !== undefined && tagsIn(known).some((tag) => tag === "*" || tag.replace(/^W\//u, "") === etag)
  return same ? { status: 304, headers: { ...headers, etag } } : { status: 200, body, headers: { ...headers, etag } }
}

/** Answers a record, tagged with its version. */
export const answerRecord = (c: Context<Env>, record: { readonly version: number }, body: object): Answer =>
  answerTagged(c, etagOf(record), body)

/** The versions that `If-Match` allows; weak tags and foreign ones are of no version. */
export const expectedVersions = (c: Context<Env>): ExpectedVersions => {
  const header = c.req.header("if-match")
  if (header === undefined || tagsIn(header).includes("*")) return null
  return tagsIn(header).flatMap((tag) => (/^"[1-9]\d{0,14}"$/u.test(tag) ? [Number(tag.slice(1, -1))] : []))
}
