import type { ErrorBody, errors, FieldErrors, Problem } from "@phonebook/contract"

interface Answered {
  readonly status: number
  /** What to name to the operator of the service: it stands in every line of its log. */
  readonly requestId: string | null
}

/** What can go wrong with a call, told apart by `kind`. */
export type Failure =
  | (Answered & {
      readonly kind: /** The token is unknown or was revoked. */
        | "unauthorized"
        /** The secret is not the token's, or a proxy rewrites what was signed: host, path or body. */
        | "signature"
        /** No such client or phone number in the account. */
        | "not_found"
        /** The record is no longer as it was when `ifMatch` was taken; nothing was changed. */
        | "precondition_failed"
        /** The request's body is over the service's limit. */
        | "too_large"
    })
  | (Answered & {
      /** The service refuses what was sent; nothing was saved. */
      readonly kind: "invalid"
      /** Everything that is wrong: where, a stable code, and the message. */
      readonly problems: ReadonlyArray<Problem>
      /**
       * The messages by field, for each item that was sent, in its order; empty for one without fault, and one alone for an
       * update. The phone numbers inside a client are in `problems`.
       */
      readonly itemErrors: ReadonlyArray<FieldErrors>
    })
  | (Answered & {
      /** The idempotency key was used for another request; nothing was changed. */
      readonly kind: "idempotency_key_reused"
      readonly problems: ReadonlyArray<Problem>
    })
  | (Answered & {
      /** The service, or a proxy before it, cannot answer now, after all retries too. */
      readonly kind: "unavailable"
      /** Seconds to wait before the next try, where the answer says so. */
      readonly retryAfter: number | null
    })
  /** No answer in time, or no connection, after all retries too. What a write did is not known. */
  | { readonly kind: "timeout" | "network" }
  /** An answer that is none of these: a fault of the service, or of something that is no Phonebook. */
  | (Answered & { readonly kind: "unexpected" })

/** Every error of a call, but for an abort, which rejects with the reason of its signal. `switch` on `kind`. */
export type PhonebookError = Error & Failure

class Failed extends Error {
  override readonly name = "PhonebookError"

  constructor(message: string, failure: Failure, options?: ErrorOptions) {
    super(message, options)
    Object.assign(this, failure)
  }
}

// A class cannot be a union: declared as what makes one, `instanceof` narrows to it.
export const PhonebookError = Failed as unknown as new (
  message: string,
  failure: Failure,
  options?: ErrorOptions,
) => PhonebookError

/** An error's body; each key may be missing where something else than a Phonebook answers. */
type Body = Partial<ErrorBody> & {
  readonly id?: number
  readonly errors?: FieldErrors
  readonly phone_numbers?: ReadonlyArray<{ readonly errors?: FieldErrors }>
  readonly clients?: ReadonlyArray<{ readonly errors?: FieldErrors }>
}

// Typed by the contract's, whose values would bring its schemas along.
const SIGNATURE: (typeof errors)["signature"] =
  "Your signature is incorrect. Please ensure you are generating it correctly"
const NOT_FOUND: (typeof errors)["notFound"] = "Not Found"

const secondsOf = (retryAfter: string | null): number | null => {
  if (retryAfter === null) return null
  const seconds = /^\d+$/u.test(retryAfter) ? Number(retryAfter) : (Date.parse(retryAfter) - Date.now()) / 1000
  return Number.isNaN(seconds) ? null : Math.max(0, seconds)
}

const failureOf = ({ status, headers }: Response, body: Body): Failure => {
  const answered = { status, requestId: headers.get("x-request-id") }
  const { problems = [] } = body
  switch (status) {
    case 401:
      return { kind: body.error === SIGNATURE ? "signature" : "unauthorized", ...answered }
    case 404:
      // A route that is not there is no record that is not there.
      return { kind: body.error === NOT_FOUND ? "not_found" : "unexpected", ...answered }
    case 412:
      return { kind: "precondition_failed", ...answered }
    case 413:
      return { kind: "too_large", ...answered }
    case 422: {
      if (problems.some(({ code }) => code === "idempotency_key_reused")) {
        return { kind: "idempotency_key_reused", problems, ...answered }
      }
      // An update's record has its id; a client's own `phone_numbers` are not what was sent.
      const items = body.id === undefined ? (body.phone_numbers ?? body.clients ?? []) : [body]
      return { kind: "invalid", problems, itemErrors: items.map((item) => item.errors ?? {}), ...answered }
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

/** The error of an answer that is not a success. */
export const errorOf = (response: Response, body: Body): PhonebookError => {
  const said = body.message ?? body.error ?? "not the answer of a Phonebook"
  return new PhonebookError(`${response.status}: ${said}`, failureOf(response, body))
}
