import { Schema } from "effect"

/**
 * One thing wrong with a request, for machines: where (a JSON pointer into the body, a parameter of the query, a header),
 * a stable word, and the message.
 */
export const Problem = Schema.Struct({
  pointer: Schema.optionalKey(Schema.String),
  parameter: Schema.optionalKey(Schema.String),
  header: Schema.optionalKey(Schema.String),
  code: Schema.String,
  detail: Schema.String,
}).annotate({ identifier: "Problem" })
export type Problem = typeof Problem.Type

/** Every error has a string `error`; most have a `message`, a 422 has `problems`. */
export const ErrorBody = Schema.Struct({
  error: Schema.String,
  message: Schema.optionalKey(Schema.String),
  problems: Schema.optionalKey(Schema.Array(Problem)),
}).annotate({ identifier: "ErrorBody" })
export type ErrorBody = typeof ErrorBody.Type

/** What `error` says, by case. The texts are the original service's, which its client libraries compare. */
export const errors = {
  unauthorized: "Unauthorized",
  signature: "Your signature is incorrect. Please ensure you are generating it correctly",
  notFound: "Not Found",
  noSuchRoute:
    "The endpoint you requested doesn't exist. You may have mistyped the address or the resource may have moved.",
  methodNotAllowed: "Method Not Allowed",
  badRequest: "Bad Request",
  tooLarge: "Payload Too Large",
  timeout: "Request Timeout",
  headersTooLarge: "Request Header Fields Too Large",
  preconditionFailed: "Precondition Failed",
  unprocessable: "Unprocessable Entity",
  unavailable: "Service Unavailable",
  fault: "Error",
} as const

/** What is said of a value that breaks a rule, by the rule's stable code; `maximum` is the limit in characters or items. */
export const messages = {
  wrong_type: () => "is of the wrong type",
  blank: () => "can't be blank",
  empty: () => "can't be empty",
  too_many: (maximum) => `has too many items (maximum is ${maximum})`,
  too_long: (maximum) => (maximum === undefined ? "is too long" : `is too long (maximum is ${maximum} characters)`),
  too_short: () => "is too short: include the area code",
  invalid_characters: () => "contains characters that are not allowed",
  invalid_country_code: () => "is not a country calling code",
  country_code_conflict: () => "belongs to another country code than the one given",
  invalid_number: () => "is not a possible phone number",
  ambiguous: () => "can be read as more than one phone number",
  invalid_extension: () => "must be digits only",
  extension_conflict: () => "differs from the extension written in the number",
  unknown_parameter: () => "is not a parameter of this list",
  duplicate_parameter: () => "is given more than once",
  invalid_encoding: () => "is not percent-encoded UTF-8",
  invalid_value: () => "cannot be read",
  idempotency_key_reused: () => "was used for another request",
  multiple_primaries: () => "can be true for one phone number only",
} as const satisfies Record<string, (maximum?: number) => string>

/** The stable words of `problems[].code`. */
export type ProblemCode = keyof typeof messages
