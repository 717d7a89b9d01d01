import { errors, messages } from "../errors.ts"
import { client, clients, one, refusedPhoneNumbers, tooShort } from "./examples.ts"
import { keyReused } from "./failures.ts"
import { json } from "./answer.ts"
import type { Operations } from "./operation.ts"

const tag = "Clients"
const [refusedNumber] = refusedPhoneNumbers.phone_numbers.slice(1)

export const clientOperations: Operations = {
  "POST /v9/clients": {
    operationId: "createClients",
    tag,
    summary: "Create clients",
    description:
      "Creates 1 to 100 clients, with 100 phone numbers in all: all of them or none. Answered in request order.",
    parameters: ["IdempotencyKey"],
    request: json(["ClientsInput"], {
      "With a number": { clients: [{ name: "Will Smith", ...one.request }] },
      "A name alone": { clients: [{ name: "Ada Lovelace" }] },
    }),
    answers: {
      201: {
        description: "What was created.",
        headers: ["Idempotency-Replayed"],
        content: json(["Clients"], {
          "With a number": { ...clients, clients: [{ ...client, primary_phone_number: null }] },
        }),
      },
      422: {
        description:
          "Something is wrong: every item as it would have been, all that is wrong at once. Nothing was saved.",
        content: json(["InvalidClients", "ErrorBody"], {
          "A number without its area code": {
            error: errors.unprocessable,
            message: "1 of 1 clients is invalid; nothing was saved.",
            clients: [
              {
                id: null,
                url: null,
                name: "Will Smith",
                primary_phone_number: null,
                phone_numbers: [refusedNumber!],
                updated_at: null,
              },
            ],
            problems: [{ pointer: "/clients/0/phone_numbers/0/number", ...tooShort }],
          },
          "An empty list": {
            error: errors.unprocessable,
            message: "The list of clients is invalid; nothing was saved.",
            problems: [{ pointer: "/clients", code: "empty", detail: messages.empty() }],
          },
          "Key used before": keyReused,
        }),
      },
    },
    failures: ["BadRequest", "Unauthorized", "PayloadTooLarge", "Fault", "Unavailable"],
  },
  "GET /v9/clients": {
    operationId: "listClients",
    tag,
    summary: "List clients",
    description: "By ascending id.",
    parameters: ["Page", "PerPage"],
    answers: {
      200: { description: "A page of them.", headers: ["Link"], content: json(["Clients"], { "A page": clients }) },
    },
    failures: ["Unauthorized", "InvalidQuery", "Fault", "Unavailable"],
  },
  "GET /v9/clients/{client_id}": {
    operationId: "showClient",
    tag,
    summary: "Show a client",
    description: "The bare record, with its ETag, which its phone numbers change too.",
    parameters: ["ClientId", "IfNoneMatch"],
    answers: {
      200: { description: "The client.", headers: ["ETag"], content: json(["Client"], { "A client": client }) },
      304: { description: "The caller has it already.", headers: ["ETag"] },
    },
    failures: ["Unauthorized", "ClientNotFound", "Fault", "Unavailable"],
  },
  "PUT /v9/clients/{client_id}": {
    operationId: "updateClient",
    tag,
    summary: "Rename a client",
    description: "Takes `name` alone. The name that it has already changes nothing, not even `updated_at`.",
    parameters: ["ClientId", "IfMatch", "IdempotencyKey"],
    request: json(["ClientChange"], { "Another name": { name: "Willard Smith" } }),
    answers: {
      200: {
        description: "The client as it is now.",
        headers: ["ETag", "Idempotency-Replayed"],
        content: json(["Client"], { "Another name": { ...client, name: "Willard Smith" } }),
      },
      422: {
        description: "Something is wrong: the record with what was refused. Nothing was saved.",
        content: json(["InvalidClient", "ErrorBody"], {
          "A blank name": {
            ...client,
            name: null,
            error: errors.unprocessable,
            message: "The client is invalid; nothing was saved.",
            errors: { name: [messages.blank()] },
            problems: [{ pointer: "/name", code: "blank", detail: messages.blank() }],
          },
          "Key used before": keyReused,
        }),
      },
    },
    failures: [
      "BadRequest",
      "Unauthorized",
      "ClientNotFound",
      "VersionConflict",
      "PayloadTooLarge",
      "Fault",
      "Unavailable",
    ],
  },
}
