import type { FilterViolation } from "@phonebook/domain"
import { Data } from "effect"

/** No credential, or one that is not known: `message` says which to the caller. */
export class Unauthorized extends Data.TaggedError("Unauthorized")<{
  readonly message: string
  readonly offerBasic: boolean
}> {}

/** A known token whose signature is missing or wrong. */
export class SignatureIncorrect extends Data.TaggedError("SignatureIncorrect") {}

export class RouteNotFound extends Data.TaggedError("RouteNotFound") {}

export class MethodNotAllowed extends Data.TaggedError("MethodNotAllowed")<{ readonly allow: ReadonlyArray<string> }> {}

/** A body that is no JSON object in UTF-8, or a request cut short. */
export class BadRequest extends Data.TaggedError("BadRequest")<{ readonly reason: string }> {}

/** A request that cannot be read, or not to its end: what Node says of it. */
export class Unreadable extends Data.TaggedError("Unreadable")<{ readonly reason: string }> {}

export class PayloadTooLarge extends Data.TaggedError("PayloadTooLarge")<{ readonly maximum: number }> {}

/** Too many requests wait for their turn, or the bodies in flight fill their budget. */
export class Overloaded extends Data.TaggedError("Overloaded") {}

/** A parameter of the query that cannot be taken: `code` is a stable word. */
export interface QueryViolation {
  readonly parameter: string
  readonly code: FilterViolation["code"] | "unknown_parameter" | "duplicate_parameter" | "invalid_encoding"
}

export class InvalidQuery extends Data.TaggedError("InvalidQuery")<{
  readonly violations: ReadonlyArray<QueryViolation>
}> {}

/** What can go wrong in HTTP itself, before a use case is reached. */
export type HttpFailure =
  | Unauthorized
  | SignatureIncorrect
  | RouteNotFound
  | MethodNotAllowed
  | BadRequest
  | Unreadable
  | PayloadTooLarge
  | Overloaded
  | InvalidQuery
