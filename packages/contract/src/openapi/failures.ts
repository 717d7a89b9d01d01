import { type ErrorBody, errors, messages } from "../errors.ts"
import type { HeaderName } from "./parameters.ts"
import { type Answer, json } from "./answer.ts"

interface Failure extends Answer {
  readonly status: number
}

const error = (
  status: number,
  description: string,
  examples: Parameters<typeof json<"ErrorBody">>[1],
  headers: ReadonlyArray<HeaderName> = [],
): Failure => ({ status, description, headers, content: json(["ErrorBody"], examples) })

const clientNotFound = { "No such client": { error: errors.notFound, message: "Couldn't find Client with ID=168020" } }

/** The body for a key that came before with another request. */
export const keyReused: ErrorBody = {
  error: errors.unprocessable,
  message: "The Idempotency-Key was used for another request; nothing was saved.",
  problems: [{ header: "Idempotency-Key", code: "idempotency_key_reused", detail: messages.idempotency_key_reused() }],
}

/** The failures that operations share, and three that come before any operation: 405, 408 and 431. */
export const failures = {
  BadRequest: error(400, "The body is no JSON object in UTF-8, or a header cannot be read. Nothing was saved.", {
    "No JSON": { error: errors.badRequest, message: "The body is not valid JSON" },
    "No body": { error: errors.badRequest, message: "The body is empty: send a JSON object" },
    "Unfit Idempotency-Key": {
      error: errors.badRequest,
      message: "Idempotency-Key must be 1 to 255 printable characters",
    },
  }),
  Unauthorized: error(
    401,
    "Whose request it is, is not proven. Comes before any look-up.",
    {
      "No X-Token": {
        error: errors.unauthorized,
        message: "The header X-Token is missing: send X-Token and X-Signature; see /docs",
      },
      "Unknown token": { error: errors.unauthorized, message: "The token is unknown or was revoked; see /docs" },
      "Wrong or no signature": { error: errors.signature },
    },
    ["WWW-Authenticate"],
  ),
  ClientNotFound: error(404, "The account has no such client.", clientNotFound),
  PhoneNumberNotFound: error(404, "The account has no such client, or the client no such phone number.", {
    "No such phone number": { error: errors.notFound, message: "Couldn't find PhoneNumber with ID=294659" },
    ...clientNotFound,
  }),
  FileNotFound: error(404, "The page has no such file.", { "No such file": { error: errors.noSuchRoute } }),
  MethodNotAllowed: error(
    405,
    "The address takes other methods.",
    { "Another method": { error: errors.methodNotAllowed, message: "This address takes GET, HEAD, POST" } },
    ["Allow"],
  ),
  RequestTimeout: error(408, "The request was not in in time. Nothing was saved, and the connection is closed.", {
    "Too slow": { error: errors.timeout, message: "The request could not be read (ERR_HTTP_REQUEST_TIMEOUT)" },
  }),
  VersionConflict: error(412, "The record has not, or no longer, the ETag of If-Match. Nothing was saved.", {
    "Changed since": {
      error: errors.preconditionFailed,
      message: "The record has changed since; nothing was saved.",
    },
  }),
  PayloadTooLarge: error(413, "The body is over 1 MiB.", {
    "Too large": { error: errors.tooLarge, message: "The body is too large (maximum is 1048576 bytes)" },
  }),
  HeadersTooLarge: error(431, "The headers are over 16 KiB. The connection is closed.", {
    "Headers too large": {
      error: errors.headersTooLarge,
      message: "The request could not be read (HPE_HEADER_OVERFLOW)",
    },
  }),
  InvalidQuery: error(422, "A parameter of the query cannot be taken: all that is wrong, at once.", {
    "Unknown parameter": {
      error: errors.unprocessable,
      message: "The query is invalid.",
      problems: [{ parameter: "colour", code: "unknown_parameter", detail: messages.unknown_parameter() }],
    },
    "Unreadable values": {
      error: errors.unprocessable,
      message: "The query is invalid.",
      problems: [
        { parameter: "page", code: "invalid_value", detail: messages.invalid_value() },
        { parameter: "per_page", code: "invalid_value", detail: messages.invalid_value() },
      ],
    },
  }),
  KeyReused: error(422, "The Idempotency-Key came before with another request. Nothing was changed.", {
    "Key used before": keyReused,
  }),
  Fault: error(500, "A fault of the service; its cause is in the log alone.", { Fault: { error: errors.fault } }),
  Unavailable: error(
    503,
    "Overloaded, about to stop, or the disk is full. Nothing was saved, unless the message says otherwise; try again.",
    {
      "Disk full": {
        error: errors.unavailable,
        message: "The store cannot take this now: database or disk is full (SQLITE_FULL).",
      },
      Overloaded: { error: errors.unavailable, message: "Too many requests are in flight; nothing was saved." },
    },
    ["Retry-After"],
  ),
} satisfies Readonly<Record<string, Failure>>
export type FailureName = keyof typeof failures
