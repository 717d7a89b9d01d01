import { errors, messages } from "../errors.ts"
import { abroad, one, phoneNumber, refusedPhoneNumber, refusedPhoneNumbers, three } from "./examples.ts"
import { keyReused } from "./failures.ts"
import { json } from "./answer.ts"
import type { Operations } from "./operation.ts"
import { phoneNumberQuery } from "./parameters.ts"

const tag = "Phone numbers"

export const phoneNumberOperations: Operations = {
  "POST /v9/clients/{client_id}/phone_numbers": {
    operationId: "createPhoneNumbers",
    tag,
    summary: "Create phone numbers",
    description:
      "Creates 1 to 100 phone numbers for a client: all of them or none. Answered in request order, ids ascending by one. " +
      "What is answered is durable: it survives a crash of the process and of the machine.",
    parameters: ["ClientId", "IdempotencyKey"],
    request: json(["PhoneNumbersInput"], {
      "One number": one.request,
      "Three numbers, the last one the primary": three.request,
      "A number of another country": abroad.request,
    }),
    answers: {
      201: {
        description: "What was created.",
        headers: ["Idempotency-Replayed"],
        content: json(["PhoneNumbers"], {
          "One number": one.answer,
          "Three numbers, the last one the primary": three.answer,
          "A number of another country": abroad.answer,
        }),
      },
      422: {
        description:
          "Something is wrong: every item as it would have been, all that is wrong at once. Nothing was saved.",
        content: json(["InvalidPhoneNumbers", "ErrorBody"], {
          "One of two numbers without its area code": refusedPhoneNumbers,
          "No list": {
            error: errors.unprocessable,
            message: "The list of phone numbers is invalid; nothing was saved.",
            problems: [{ pointer: "/phone_numbers", code: "blank", detail: messages.blank() }],
          },
          "Key used before": keyReused,
        }),
      },
    },
    failures: ["BadRequest", "Unauthorized", "ClientNotFound", "PayloadTooLarge", "Fault", "Unavailable"],
  },
  "GET /v9/clients/{client_id}/phone_numbers": {
    operationId: "listPhoneNumbers",
    tag,
    summary: "List a client's phone numbers",
    description: "By ascending id. `total_entries` counts all that match, on whatever page.",
    parameters: ["ClientId", "FilterNumber", ...phoneNumberQuery],
    answers: {
      200: {
        description: "A page of them.",
        headers: ["Link"],
        content: json(["PhoneNumbers"], { "A page": one.answer }),
      },
    },
    failures: ["Unauthorized", "ClientNotFound", "InvalidQuery", "Fault", "Unavailable"],
  },
  "GET /v9/clients/{client_id}/phone_numbers/{id}": {
    operationId: "showPhoneNumber",
    tag,
    summary: "Show a phone number",
    description: "The bare record, with its ETag.",
    parameters: ["ClientId", "PhoneNumberId", "IfNoneMatch"],
    answers: {
      200: {
        description: "The phone number.",
        headers: ["ETag"],
        content: json(["PhoneNumber"], { "A number": phoneNumber }),
      },
      304: { description: "The caller has it already.", headers: ["ETag"] },
    },
    failures: ["Unauthorized", "PhoneNumberNotFound", "Fault", "Unavailable"],
  },
  "PUT /v9/clients/{client_id}/phone_numbers/{id}": {
    operationId: "updatePhoneNumber",
    tag,
    summary: "Change a phone number",
    description:
      "Partial: what is absent stays. `number`, `country_code` and `extension` are one value: a number that is sent brings " +
      "its own code and extension where it has them, else keeps the record's. A change to what is stored already changes " +
      "nothing, not even `updated_at`.",
    parameters: ["ClientId", "PhoneNumberId", "IfMatch", "IdempotencyKey"],
    request: json(["PhoneNumberChange"], {
      "Another number": { number: "504-555-0199" },
      "The primary one": { is_primary: true },
      "No label": { label: null },
    }),
    answers: {
      200: {
        description: "The phone number as it is now.",
        headers: ["ETag", "Idempotency-Replayed"],
        content: json(["PhoneNumber"], {
          "Another number": { ...phoneNumber, number: "504-555-0199", raw_number: "5550199" },
        }),
      },
      422: {
        description: "Something is wrong: the record with what was refused. Nothing was saved.",
        content: json(["InvalidPhoneNumber", "ErrorBody"], {
          "Without its area code": refusedPhoneNumber,
          "Key used before": keyReused,
        }),
      },
    },
    failures: [
      "BadRequest",
      "Unauthorized",
      "PhoneNumberNotFound",
      "VersionConflict",
      "PayloadTooLarge",
      "Fault",
      "Unavailable",
    ],
  },
  "DELETE /v9/clients/{client_id}/phone_numbers/{id}": {
    operationId: "deletePhoneNumber",
    tag,
    summary: "Delete a phone number",
    description: "A client whose primary number goes is left without one.",
    parameters: ["ClientId", "PhoneNumberId", "IfMatch", "IdempotencyKey"],
    answers: {
      200: {
        description: "What is no more.",
        headers: ["Idempotency-Replayed"],
        content: json(["DeletedPhoneNumbers"], { Deleted: { phone_numbers: [{ id: 294655 }] } }),
      },
    },
    failures: [
      "BadRequest",
      "Unauthorized",
      "PhoneNumberNotFound",
      "VersionConflict",
      "PayloadTooLarge",
      "KeyReused",
      "Fault",
      "Unavailable",
    ],
  },
  "GET /v9/phone_numbers": {
    operationId: "findPhoneNumbers",
    tag,
    summary: "Find whose number it is",
    description: "Across all clients of the account; each `url` names its client.",
    parameters: ["SoughtNumber", ...phoneNumberQuery],
    answers: {
      200: {
        description: "A page of those that match.",
        headers: ["Link"],
        content: json(["PhoneNumbers"], { "One match": one.answer }),
      },
    },
    failures: ["Unauthorized", "InvalidQuery", "Fault", "Unavailable"],
  },
}
