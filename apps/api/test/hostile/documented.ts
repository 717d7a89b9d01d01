import {
  Client,
  Clients,
  DeletedPhoneNumbers,
  ErrorBody,
  InvalidClient,
  InvalidClients,
  InvalidPhoneNumber,
  InvalidPhoneNumbers,
  messages,
  PhoneNumber,
  PhoneNumbers,
  type Problem,
  Service,
} from "@phonebook/contract"
import { assert } from "@effect/vitest"
import { Schema } from "effect"

/** What an answer says, whichever way it came. */
interface Told {
  /** Null where nobody can say: of bytes that were damaged on their way to /v9. */
  readonly asked: { readonly method: string; readonly target: string } | null
  readonly status: number
  readonly requestId: string | undefined
  readonly text: string
}

const ANSWERS: ReadonlyArray<readonly [path: RegExp, by: Record<string, Schema.Codec<unknown>>]> = [
  [/^\/v9\/clients$/u, { GET: Clients, POST: Clients }],
  [/^\/v9\/clients\/[^/]+$/u, { GET: Client, PUT: Client }],
  [/^\/v9\/clients\/[^/]+\/phone_numbers$/u, { GET: PhoneNumbers, POST: PhoneNumbers }],
  [
    /^\/v9\/clients\/[^/]+\/phone_numbers\/[^/]+$/u,
    { GET: PhoneNumber, PUT: PhoneNumber, DELETE: DeletedPhoneNumbers },
  ],
  [/^\/v9\/phone_numbers$/u, { GET: PhoneNumbers }],
]
/** Of damage to a target to /v9 there may be left the `/`. */
const Any = Schema.Union([Clients, Client, PhoneNumbers, PhoneNumber, DeletedPhoneNumbers, Service])
const Invalid = Schema.Union([InvalidPhoneNumbers, InvalidClients, InvalidPhoneNumber, InvalidClient, ErrorBody])
const STATUSES = [200, 201, 304, 400, 401, 404, 405, 408, 412, 413, 422, 431]

const assertOf = (schema: Schema.Codec<unknown>, value: unknown) =>
  void Schema.decodeUnknownSync(schema)(value, { onExcessProperty: "error" })

const assertProblem = ({ code, pointer, parameter, header }: Problem) => {
  assert.property(messages, code)
  assert.lengthOf(
    [pointer, parameter, header].filter((place) => place !== undefined),
    1,
  )
}

/** Holds an answer, whatever was asked, to the statuses that there are and, under /v9, to its documented shape. */
export const assertDocumented = ({ asked, status, requestId, text }: Told): void => {
  assert.include(STATUSES, status)
  assert.match(requestId ?? "", /^[A-Za-z0-9._-]{1,128}$/u)
  const method = asked?.method.toUpperCase()
  const path = asked === null ? null : (URL.parse(asked.target, "http://h")?.pathname ?? "")
  if (path !== null && !/^\/v9(?:\/|$)/u.test(path)) return
  if (text === "") return assert.isTrue(status === 304 || method === "HEAD")
  const body = JSON.parse(text)
  assert.isTrue(typeof body === "object" && body !== null && !Array.isArray(body))
  if (status < 300) {
    const schema = path === null ? Any : ANSWERS.find(([pattern]) => pattern.test(path))?.[1][method!]
    assert.isDefined(schema)
    return assertOf(schema!, body)
  }
  assert.isString(body.error)
  if (status !== 422) return assertOf(ErrorBody, body)
  assertOf(Invalid, body)
  assert.isNotEmpty(body.problems)
  for (const problem of body.problems) assertProblem(problem)
}
