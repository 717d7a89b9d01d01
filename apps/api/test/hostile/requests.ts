import { FILTER_FIELDS } from "@phonebook/domain"
import * as fc from "fast-check"
import { ada, basic, bob, CLIENT, type Headers } from "../service.ts"
import {
  awkwardText,
  carried,
  changedClient,
  changedPhoneNumber,
  garbage,
  newClients,
  newPhoneNumbers,
  written,
} from "./bodies.ts"

export interface HostileRequest {
  readonly method: string
  readonly target: string
  readonly headers: Headers
  readonly body: Buffer | undefined
  /** Whether the headers need Ada's signature yet. */
  readonly signed: boolean
}

const encoded = (text: string) => encodeURIComponent(text.toWellFormed())
const text = fc.oneof(fc.string({ unit: "binary" }), awkwardText, written.map(String))
const column = (name: string) => name.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`)
const parameter = fc.oneof(
  { arbitrary: fc.constantFrom("page", "per_page", ...FILTER_FIELDS.map(column)), weight: 3 },
  fc
    .tuple(
      fc.constantFrom(...FILTER_FIELDS.map(column)),
      fc.constantFrom("eq", "not_eq", "gt", "gte", "lt", "lte", "x"),
    )
    .map((parts) => parts.join(".")),
  text,
)
const value = fc.oneof(
  fc.nat(200).map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  text,
)
const query = fc.oneof(
  { arbitrary: fc.constant(""), weight: 2 },
  fc
    .array(fc.tuple(parameter, value), { maxLength: 4 })
    .map((pairs) => `?${pairs.map(([name, of]) => `${encoded(name)}=${encoded(of)}`).join("&")}`),
  fc.stringMatching(/^\?[!-~]{0,30}$/u),
)

const id = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 60 }).map(String), weight: 4 },
  text.map(encoded),
  fc.constantFrom("0", "-1", "1e3", "01", "9007199254740993", "..", ".", "%2e%2e", "%", "a%2Fb"),
)
const clientId = fc.oneof(
  { arbitrary: fc.constantFrom(CLIENT, CLIENT, CLIENT + 1, CLIENT + 5).map(String), weight: 20 },
  id,
)
const numbers = clientId.map((of) => `/v9/clients/${of}/phone_numbers`)
const number = fc.tuple(numbers, id).map((parts) => parts.join("/"))
const clients = fc.constant("/v9/clients")
const oneClient = clientId.map((of) => `/v9/clients/${of}`)
const elsewhere = fc.oneof(
  fc.constantFrom("/", "/healthz", "/readyz", "/metrics", "/docs", "/docs/page.js", "/openapi.json", "/v9", "/v9/"),
  text.map((rest) => `/v9/${encoded(rest)}`),
  fc.stringMatching(/^\/[!-~]{0,20}$/u).map((rest) => rest.replaceAll(/[?#\\]/gu, "")),
)

const get = fc.constant("GET")
const nothing = fc.constant(undefined)
const operation = fc.oneof(
  { arbitrary: fc.tuple(fc.constant("POST"), numbers, carried(newPhoneNumbers)), weight: 6 },
  { arbitrary: fc.tuple(fc.constant("PUT"), number, carried(changedPhoneNumber)), weight: 4 },
  { arbitrary: fc.tuple(fc.constant("POST"), clients, carried(newClients)), weight: 3 },
  { arbitrary: fc.tuple(fc.constant("PUT"), oneClient, carried(changedClient)), weight: 2 },
  { arbitrary: fc.tuple(fc.constant("DELETE"), number, nothing), weight: 2 },
  {
    arbitrary: fc.tuple(get, fc.oneof(numbers, number, clients, oneClient, fc.constant("/v9/phone_numbers")), nothing),
    weight: 6,
  },
  {
    arbitrary: fc.tuple(
      fc.constantFrom("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "PROPFIND", "get", "Post"),
      fc.oneof(numbers, number, clients, oneClient, elsewhere),
      garbage,
    ),
    weight: 4,
  },
)

const printable = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCodePoint(code)) })
const latin = fc.string({ unit: fc.integer({ min: 0x80, max: 0xff }).map((code) => String.fromCodePoint(code)) })
const someHeaders = fc.record(
  {
    "idempotency-key": fc.oneof(fc.constantFrom("a", '"a"', "b", "x".repeat(256)), printable, latin),
    "if-match": fc.oneof(fc.constantFrom('"1"', '"2"', "*", 'W/"1"', '"1", "2"'), printable),
    "if-none-match": fc.oneof(fc.constantFrom('"1"', "*", 'W/"2"'), printable),
    "content-type": fc.oneof(fc.constantFrom("application/json", "text/plain", "multipart/form-data"), printable),
    accept: printable,
    "accept-encoding": fc.constantFrom("gzip", "br", "identity", "*;q=0"),
    "x-request-id": fc.oneof(fc.constantFrom("given.1", "x".repeat(129)), printable),
    "x-http-method-override": fc.constant("DELETE"),
    cookie: latin,
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Record<string, string>>

const wrong = { ...ada, secret: "guessed-secret" }
const proof: fc.Arbitrary<Headers> = fc.oneof(
  { arbitrary: fc.constant<Headers>(basic(ada)), weight: 20 },
  fc.constantFrom<Headers>(basic(bob), basic(wrong), {}, { "x-token": ada.token }),
  fc.record({ "x-token": fc.constant(ada.token), "x-signature": printable }),
  fc.record({ authorization: fc.oneof(printable, latin) }),
)

export const hostileRequest: fc.Arbitrary<HostileRequest> = fc
  .tuple(operation, query, fc.oneof({ arbitrary: fc.constant({}), weight: 2 }, someHeaders), proof, fc.nat(3))
  .map(([[method, path, body], search, others, given, draw]) => ({
    method,
    target: `${path}${search}`,
    headers: { ...others, ...(draw === 0 ? {} : given) },
    body: /^(?:get|head)$/iu.test(method) ? undefined : body,
    signed: draw === 0,
  }))
