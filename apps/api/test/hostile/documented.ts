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
} from "@phonebook/contract"
import { assert } from "@effect/vitest"
import { Schema } from "effect"

/** What an answer says, whichever way it came. */
interface Told {
  readonly method: string
  readonly target: string
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
export const assertDocumented = ({ method, target, status, requestId, text }: Told): void => {
  assert.include(STATUSES, status)
  assert.match(requestId ?? "", /^[A-Za-z0-9._-]{1,128}$/u)
  const path = URL.parse(target, "http://h")?.pathname ?? ""
  if (!/^\/v9(?:\/|$)/u.test(path)) return
  if (text === "") return assert.isTrue(status === 304 || method.toUpperCase() === "HEAD")
  const body = JSON.parse(text)
  assert.isTrue(typeof body === "object" && body !== null && !Array.isArray(body))
  if (status < 300) {
    const schema = ANSWERS.find(([pattern]) => pattern.test(path))?.[1][method.toUpperCase()]
    assert.isDefined(schema)
    return assertOf(schema!, body)
  }
  assert.isString(body.error)
  if (status !== 422) return assertOf(ErrorBody, body)
  assertOf(Invalid, body)
  assert.isNotEmpty(body.problems)
  for (const problem of body.problems) assertProblem(problem)
}
