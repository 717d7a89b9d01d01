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

export class PayloadTooLarge extends Data.TaggedError("PayloadTooLarge")<{ readonly maximum: number }> {}

/** The bodies in flight fill their budget. */
export class Overloaded extends Data.TaggedError("Overloaded") {}

/** What can go wrong in HTTP itself, before a use case is reached. */
export type HttpFailure =
  | Unauthorized
  | SignatureIncorrect
  | RouteNotFound
  | MethodNotAllowed
  | BadRequest
  | PayloadTooLarge
  | Overloaded
