import { Schema } from "effect"

/**
 * One thing wrong with a request, for machines: where (a JSON pointer into the body, a parameter of the query, a header),
 * a stable word, and the message.
 */
export const Problem = Schema.Struct({
  pointer: Schema.optionalKey(Schema.String.annotate({ description: "Where in the body: a JSON pointer." })),
  parameter: Schema.optionalKey(Schema.String.annotate({ description: "Which parameter of the query." })),
  header: Schema.optionalKey(Schema.String.annotate({ description: "Which header." })),
  code: Schema.String.annotate({ description: "A stable word; see Errors." }),
  detail: Schema.String.annotate({ description: "The same for people." }),
}).annotate({ identifier: "Problem", description: "One thing that is wrong with the request." })
export type Problem = typeof Problem.Type

/** Every error has a string `error`; most have a `message`, a 422 has `problems`. */
export const ErrorBody = Schema.Struct({
  error: Schema.String,
  message: Schema.optionalKey(Schema.String),
  problems: Schema.optionalKey(Schema.Array(Problem)),
}).annotate({ identifier: "ErrorBody", description: "Every error has `error`; most have a `message`." })
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
  too_many: (maximum) => `has too many items (maximum is ${maximum} in a request)`,
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

/** What each code means, for the documentation. */
export const meanings = {
  wrong_type: "The value is of a type that this field does not take; or an item is no object.",
  blank: "A value that is required is absent, null or blank.",
  empty: "The list has no item.",
  too_many: "The list has more items than a request may have.",
  too_long: "The text is longer than the field takes.",
  too_short: "The number has too few digits: most often its area code is missing.",
  invalid_characters: "The text has characters that the field does not take.",
  invalid_country_code: "No country has this calling code.",
  country_code_conflict: "The number names (+44 …, 0044 …) another country code than the one beside it.",
  invalid_number: "No phone number can look like this under its country code.",
  ambiguous: "Written in its usual groups the number would be read as another one.",
  invalid_extension: "The extension has something else than digits.",
  extension_conflict: "The extension differs from the one written in the number.",
  unknown_parameter: "The list has no such parameter or filter.",
  duplicate_parameter: "The parameter is given twice.",
  invalid_encoding: "The parameter is not percent-encoded UTF-8.",
  invalid_value: "The value of the parameter cannot be read.",
  idempotency_key_reused: "The Idempotency-Key came before with another method, path or body.",
  multiple_primaries: "More than one phone number of a client says that it is the primary.",
} as const satisfies Record<ProblemCode, string>
