import { errors, messages, type Problem } from "@phonebook/contract"
import {
  type ClientNotFound,
  excerpt,
  type IdempotencyKeyReused,
  type InvalidClient,
  type InvalidPhoneNumber,
  type PhoneNumberNotFound,
  type VersionConflict,
  type InvalidClientList,
  type InvalidClients,
  type InvalidPhoneNumberList,
  type InvalidPhoneNumbers,
  type ListViolation,
  MAX_CLIENTS_PER_REQUEST,
  MAX_PHONE_NUMBERS_PER_REQUEST,
  type Unavailable,
} from "@phonebook/domain"
import type { Answer } from "./answer.ts"
import { explain, explainPhoneNumbers } from "./explain.ts"
import type { HttpFailure } from "./failures.ts"
import { clientBody, phoneNumberBody, refusedPhoneNumberBody } from "./wire.ts"

/** Every failure a request can end in; each has its answer below, or this file does not compile. */
export type Failure =
  | HttpFailure
  | ClientNotFound
  | InvalidPhoneNumbers
  | InvalidPhoneNumberList
  | InvalidClients
  | InvalidClientList
  | InvalidPhoneNumber
  | InvalidClient
  | PhoneNumberNotFound
  | VersionConflict
  | IdempotencyKeyReused
  | Unavailable

/** Most problems of a query that are told: a query can hold thousands. */
const MAX_QUERY_PROBLEMS = 100

/** How soon a caller may try again, in seconds. */
const RETRY_AFTER = "1"

/** What cannot be read of a request, by Node's word for it, where that is no plain 400. */
const unreadable: Readonly<Record<string, readonly [status: number, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, errors.timeout],
  HPE_HEADER_OVERFLOW: [431, errors.headersTooLarge],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, errors.tooLarge],
}

const unprocessable = (message: string, records: object, problems: ReadonlyArray<Problem>): Answer => ({
  status: 422,
  body: { error: errors.unprocessable, message, ...records, problems },
})

/** A refused update: the record with the rejected values, and then what is wrong. */
const refusedRecord = (record: object, message: string, own: object, problems: ReadonlyArray<Problem>): Answer => ({
  status: 422,
  body: { ...record, error: errors.unprocessable, message, ...own, problems },
})

const listRefused = (
  key: string,
  maximum: number,
  { message, violation }: { message: string; violation: ListViolation },
) => {
  const detail = messages[violation.code](maximum)
  return unprocessable(message, {}, [{ pointer: `/${key}`, code: violation.code, detail }])
}

const notFound = ({ message }: { readonly message: string }): Answer => ({
  status: 404,
  body: { error: errors.notFound, message },
})

const unavailable = (message: string): Answer => ({
  status: 503,
  body: { error: errors.unavailable, message },
  headers: { "retry-after": RETRY_AFTER },
})

const answers = {
  Unauthorized: ({ message, offerBasic }) => ({
    status: 401,
    body: { error: errors.unauthorized, message },
    // To a request with X-Token it would only make a browser ask for a password.
    headers: offerBasic ? { "www-authenticate": 'Basic realm="phonebook"' } : {},
  }),
  SignatureIncorrect: () => ({ status: 401, body: { error: errors.signature } }),
  RouteNotFound: () => ({ status: 404, body: { error: errors.noSuchRoute } }),
  MethodNotAllowed: ({ allow }) => ({
    status: 405,
    body: { error: errors.methodNotAllowed, message: `This address takes ${allow.join(", ")}` },
    headers: { allow: allow.join(", ") },
  }),
  BadRequest: ({ reason }) => ({ status: 400, body: { error: errors.badRequest, message: reason } }),
  Unreadable: ({ reason }) => {
    const [status, error] = unreadable[reason] ?? [400, errors.badRequest]
    return { status, body: { error, message: `The request could not be read (${reason})` } }
  },
  PayloadTooLarge: ({ maximum }) => ({
    status: 413,
    // Not closed for it: many clients read no answer before they have sent all, and would see a broken pipe.
    body: { error: errors.tooLarge, message: `The body is too large (maximum is ${maximum} bytes)` },
  }),
  Overloaded: () => unavailable("Too many requests are in flight; nothing was saved."),
  ClientNotFound: notFound,
  PhoneNumberNotFound: notFound,
  VersionConflict: ({ message }) => ({ status: 412, body: { error: errors.preconditionFailed, message } }),
  InvalidQuery: ({ violations }) =>
    unprocessable(
      "The query is invalid.",
      {},
      violations
        .slice(0, MAX_QUERY_PROBLEMS)
        .map(({ parameter, code }) => ({ parameter: excerpt(parameter), code, detail: messages[code](undefined) })),
    ),
  IdempotencyKeyReused: ({ message }) => {
    const code = "idempotency_key_reused"
    return unprocessable(message, {}, [{ header: "Idempotency-Key", code, detail: messages[code]() }])
  },
  InvalidPhoneNumber: ({ message, phoneNumber, shown, violations }) => {
    const { errors: own, problems } = explain("", violations)
    const { id, url, updated_at } = phoneNumberBody(phoneNumber)
    const record = { ...refusedPhoneNumberBody(shown), id, url, updated_at }
    return refusedRecord(record, message, own, problems)
  },
  InvalidClient: ({ message, record, name, violations }) => {
    const { errors: own, problems } = explain("", violations)
    return refusedRecord({ ...clientBody(record), name }, message, own, problems)
  },
  InvalidPhoneNumbers: ({ message, items }) => {
    const { bodies, problems } = explainPhoneNumbers("", items)
    return unprocessable(message, { phone_numbers: bodies }, problems)
  },
  InvalidPhoneNumberList: (failure) => listRefused("phone_numbers", MAX_PHONE_NUMBERS_PER_REQUEST, failure),
  InvalidClients: ({ message, items }) => {
    const explained = items.map(({ name, phoneNumbers, violations }, index) => {
      const pointer = `/clients/${index}`
      const own = explain(pointer, violations)
      const nested = explainPhoneNumbers(pointer, phoneNumbers)
      const body = {
        id: null,
        url: null,
        name,
        primary_phone_number: null,
        phone_numbers: nested.bodies,
        updated_at: null,
      }
      return { body: { ...body, ...own.errors }, problems: [...own.problems, ...nested.problems] }
    })
    const bodies = explained.map(({ body }) => body)
    return unprocessable(
      message,
      { clients: bodies },
      explained.flatMap(({ problems }) => problems),
    )
  },
  InvalidClientList: (failure) => listRefused("clients", MAX_CLIENTS_PER_REQUEST, failure),
  Unavailable: ({ reason }) => unavailable(`The store cannot take this now: ${reason}.`),
} satisfies { readonly [Tag in Failure["_tag"]]: (failure: Extract<Failure, { readonly _tag: Tag }>) => Answer }

/** The answer to a failure. */
export const answerTo = (failure: Failure): Answer => (answers[failure._tag] as (failure: Failure) => Answer)(failure)

/** The answer to a fault of ours: constant, the cause is for the log. */
export const fault: Answer = { status: 500, body: { error: errors.fault } }
