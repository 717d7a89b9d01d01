import type { errors } from "@phonebook/contract"
import { isObject, type Json } from "./answer.ts"
import type { Failure, FieldErrors, Problem } from "./failure.ts"

/**
 * What a call fails with; `switch` on its `kind`. An aborted call rejects with the reason of its signal instead, and a
 * request that cannot be made at all (an idempotency key with a line break in it, say) with a TypeError.
 */
export type PhonebookError = Error & Failure

class Failed extends Error {
  override readonly name = "PhonebookError"

  constructor(message: string, failure: Failure, options?: ErrorOptions) {
    super(message, options)
    Object.assign(this, failure)
  }
}

// A class type cannot be a union. Typing the constructor as returning the union makes `instanceof` narrow.
export const PhonebookError = Failed as unknown as new (
  message: string,
  failure: Failure,
  options?: ErrorOptions,
) => PhonebookError

// Written out, because importing the values would bundle the contract's schemas into the client. Their types are the
// contract's texts, so a change there is a compile error here.
const SIGNATURE: (typeof errors)["signature"] =
  "Your signature is incorrect. Please ensure you are generating it correctly"
const NOT_FOUND: (typeof errors)["notFound"] = "Not Found"

const secondsOf = (retryAfter: string | null): number | null => {
  if (retryAfter === null) return null
  const seconds = /^\d+$/u.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

const isProblem = (value: unknown): value is Problem =>
  isObject(value) && typeof value.code === "string" && typeof value.detail === "string"

const problemsOf = ({ problems }: Json): ReadonlyArray<Problem> =>
  Array.isArray(problems) ? problems.filter(isProblem) : []

const itemErrorsOf = (body: Json): ReadonlyArray<FieldErrors> => {
  // A refused update answers its one record, which has an id; a client's own `phone_numbers` are not what was sent.
  const items = body.id === undefined ? (body.phone_numbers ?? body.clients) : [body]
  if (!Array.isArray(items)) return []
  return items.map((item) => (isObject(item) && isObject(item.errors) ? (item.errors as FieldErrors) : {}))
}

const failureOf = ({ status, headers }: Response, body: Json): Failure => {
  const answered = { status, requestId: headers.get("x-request-id") }
  switch (status) {
    case 400:
      return { kind: "bad_request", ...answered }
    case 401:
      return { kind: body.error === SIGNATURE ? "signature" : "unauthorized", ...answered }
    case 404:
      // A missing record says "Not Found". Any other 404 means that the address itself is wrong.
      return { kind: body.error === NOT_FOUND ? "not_found" : "unexpected", ...answered }
    case 412:
      return { kind: "precondition_failed", ...answered }
    case 413:
      return { kind: "too_large", ...answered }
    case 422: {
      const problems = problemsOf(body)
      return problems.some(({ code }) => code === "idempotency_key_reused")
        ? { kind: "idempotency_key_reused", problems, ...answered }
        : { kind: "invalid", problems, itemErrors: itemErrorsOf(body), ...answered }
    }
    case 408:
    case 429:
    case 502:
    case 503:
    case 504:
      return { kind: "unavailable", retryAfter: secondsOf(headers.get("retry-after")), ...answered }
    default:
      return { kind: "unexpected", ...answered }
  }
}

/** The error of an answer that is not the success that was asked for. */
export const errorOf = (response: Response, body: Json): PhonebookError => {
  const said = [body.message, body.error].find((text) => typeof text === "string")
  return new PhonebookError(`${response.status}: ${said ?? "not the answer of a Phonebook"}`, failureOf(response, body))
}
