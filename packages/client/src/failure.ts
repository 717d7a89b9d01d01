/** The stable words of `problems[].code`. A newer service may have more. */
export type ProblemCode =
  | "wrong_type"
  | "blank"
  | "empty"
  | "too_many"
  | "too_long"
  | "too_short"
  | "invalid_characters"
  | "invalid_country_code"
  | "country_code_conflict"
  | "invalid_number"
  | "ambiguous"
  | "invalid_extension"
  | "extension_conflict"
  | "unknown_parameter"
  | "duplicate_parameter"
  | "invalid_encoding"
  | "invalid_value"
  | "idempotency_key_reused"
  | "multiple_primaries"

/** One thing that is wrong with a request. */
export interface Problem {
  /** Where in the body: a JSON pointer. */
  readonly pointer?: string
  /** Which parameter of the query. */
  readonly parameter?: string
  /** Which header. */
  readonly header?: string
  /** A `ProblemCode`. */
  readonly code: string
  /** The same for people. */
  readonly detail: string
}

/** Messages for people, by field; `base` is the record as a whole. */
export type FieldErrors = Readonly<Record<string, ReadonlyArray<string>>>

interface Answered {
  readonly status: number
  /** The name under which the service logged the call; null where something before the service answered. */
  readonly requestId: string | null
}

/** What can go wrong with a call, told apart by `kind`. */
export type Failure =
  | (Answered & {
      /** The token is unknown or was revoked. */
      readonly kind: "unauthorized"
    })
  | (Answered & {
      /** The secret is not the token's, or a proxy rewrites what was signed: host, path or body. */
      readonly kind: "signature"
    })
  | (Answered & {
      /** The service cannot read the request, most often its `idempotencyKey`; nothing was saved. */
      readonly kind: "bad_request"
    })
  | (Answered & {
      /** No such client or phone number in the account. */
      readonly kind: "not_found"
    })
  | (Answered & {
      /** The record is no longer as it was when `ifMatch` was taken; nothing was changed. */
      readonly kind: "precondition_failed"
    })
  | (Answered & {
      /** The request's body is over the service's limit; nothing was saved. */
      readonly kind: "too_large"
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
      /**
       * The service, or a proxy before it, cannot answer now, after all retries too. Whether a write was done may not be
       * known: a proxy may have lost the answer, and a 503 of the service says so in its message.
       */
      readonly kind: "unavailable"
      /** Seconds to wait before the next try, where the answer says so. */
      readonly retryAfter: number | null
    })
  | {
      /** No answer in time, or no connection, after all retries too. Whether a write was done is not known. */
      readonly kind: "timeout" | "network"
    }
  | (Answered & {
      /**
       * An answer that is none of these: a fault of the service, or of something that is no Phonebook. Whether a write was
       * done is not known.
       */
      readonly kind: "unexpected"
    })
