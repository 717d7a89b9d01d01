const id = { type: "integer", minimum: 1 }

const filters = {
  id: "The id.",
  label: "The label.",
  country_code: "The country calling code, with or without its plus.",
  number:
    "The phone number in any spelling, read as on create: under `country_code` where it is asked for, else under the " +
    "deployment's default. An extension written in it must match; without one any does.",
  extension: "The extension.",
  updated_at: "A date or a time in ISO 8601, such as 2017-12-15 or 2017-12-15T00:12:21Z.",
}

const filter = (name: keyof typeof filters) => ({
  name,
  in: "query",
  description: filters[name],
  schema: { type: "string" },
})

/** Every parameter of an operation. */
export const parameters = {
  ClientId: { name: "client_id", in: "path", required: true, description: "The client.", schema: id, example: 168019 },
  PhoneNumberId: { name: "id", in: "path", required: true, description: "The number.", schema: id, example: 294655 },
  Page: {
    name: "page",
    in: "query",
    description: "Which page, from 1.",
    schema: { type: "integer", minimum: 1, default: 1 },
  },
  PerPage: {
    name: "per_page",
    in: "query",
    description: "Entries on a page; more than 100 is taken as 100.",
    schema: { type: "integer", minimum: 1, default: 100 },
  },
  FilterId: filter("id"),
  FilterLabel: filter("label"),
  FilterCountryCode: filter("country_code"),
  FilterNumber: filter("number"),
  FilterExtension: filter("extension"),
  FilterUpdatedAt: filter("updated_at"),
  SoughtNumber: { ...filter("number"), required: true, example: "(504) 555-0123" },
  Comparisons: {
    name: "comparisons",
    in: "query",
    description:
      "Any of the filters with an operator: `field.op=value`, op one of `eq`, `not_eq`, `gt`, `gte`, `lt`, `lte`, as in " +
      "`updated_at.gte=2017-12-15`. They combine. An empty value means null; `not_eq` includes nulls, the other " +
      "comparisons never match one. Text compares by code point.",
    style: "form",
    explode: true,
    schema: {
      type: "object",
      propertyNames: { pattern: `^(${Object.keys(filters).join("|")})\\.(eq|not_eq|gt|gte|lt|lte)$` },
      additionalProperties: { type: "string" },
      default: {},
    },
  },
  IdempotencyKey: {
    name: "Idempotency-Key",
    in: "header",
    description:
      "The caller's word for this request, 1 to 255 printable characters, bare or in double quotes. Sent again within 24 " +
      "hours with the same method, path and body, the request is answered as it was the first time, and changes nothing. " +
      "Refusals are not kept.",
    schema: { type: "string", pattern: '^(?:[ -~]{1,255}|"[ -~]{1,255}")$' },
  },
  IfMatch: {
    name: "If-Match",
    in: "header",
    description: "The ETag that the record must still have; else 412, and nothing is changed.",
    schema: { type: "string" },
  },
  IfNoneMatch: {
    name: "If-None-Match",
    in: "header",
    description: "The ETag that the caller has already: 304 without a body where nothing has changed since.",
    schema: { type: "string" },
  },
  RequestId: {
    name: "X-Request-Id",
    in: "header",
    description:
      "The caller's name for the request: it stands in the log and in the answer. Another is made where it is unfit.",
    schema: { type: "string", pattern: "^[A-Za-z0-9._-]{1,128}$" },
  },
  File: {
    name: "file",
    in: "path",
    required: true,
    description: "A file that the page asks for.",
    schema: { type: "string" },
    example: "page.css",
  },
}
export type ParameterName = keyof typeof parameters

/** The paging of phone numbers, and their filters but for the number. */
export const phoneNumberQuery = [
  "FilterLabel",
  "FilterCountryCode",
  "FilterExtension",
  "FilterId",
  "FilterUpdatedAt",
  "Comparisons",
  "Page",
  "PerPage",
] as const satisfies ReadonlyArray<ParameterName>

const header = (description: string, example: string) => ({ description, schema: { type: "string" }, example })

/** Every header of an answer. */
export const headers = {
  "X-Request-Id": header("Names this request in the service's log.", "3c0b4e6e-5a0b-4f36-9a53-2d5f8a7a9a10"),
  ETag: header("The record's version, for If-Match and If-None-Match.", '"1"'),
  Link: header(
    "The first, previous, next and last page, with the same filters (RFC 8288).",
    '</v9/clients?page=1&per_page=100>; rel="first", </v9/clients?page=1&per_page=100>; rel="last"',
  ),
  Allow: header("The methods that the address takes.", "GET, HEAD, POST"),
  "Idempotency-Replayed": header("`true` where the answer is that of an earlier request under the same key.", "true"),
  "Retry-After": header("Seconds after which to try again.", "1"),
  "WWW-Authenticate": header("Where HTTP Basic is on and no X-Token came.", 'Basic realm="phonebook"'),
}
export type HeaderName = keyof typeof headers
