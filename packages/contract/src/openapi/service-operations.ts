import { serviceLinks } from "../about.ts"
import { json, text } from "./answer.ts"
import type { Operations } from "./operation.ts"

const tag = "Service"
const notModified = { description: "The caller has it already.", headers: ["ETag"] } as const

export const serviceOperations: Operations = {
  "GET /": {
    operationId: "showService",
    tag,
    summary: "Name, version and links",
    description: "Where to begin.",
    access: "public",
    answers: {
      200: {
        description: "What this is.",
        content: json(["Service"], {
          Phonebook: { name: "phonebook", version: "1.0.0", links: serviceLinks },
        }),
      },
    },
  },
  "GET /healthz": {
    operationId: "checkHealth",
    tag,
    summary: "Does the process answer?",
    description:
      "For a supervisor that restarts what hangs, or has lost its trust in the disk: a sync has failed (503).",
    access: "public",
    answers: { 200: { description: "It does.", content: json(["Status"], { Healthy: { status: "ok" } }) } },
    failures: ["Unavailable"],
  },
  "GET /readyz": {
    operationId: "checkReadiness",
    tag,
    summary: "Does it take writes?",
    description: "For a load balancer: a write would be durable now, and the service is not about to stop.",
    access: "public",
    answers: { 200: { description: "It does.", content: json(["Status"], { Ready: { status: "ready" } }) } },
    failures: ["Fault", "Unavailable"],
  },
  "GET /metrics": {
    operationId: "showMetrics",
    tag,
    summary: "Metrics for Prometheus",
    description: "On the loopback address without a credential, elsewhere with one.",
    access: "public or credential",
    answers: {
      200: {
        description: "In Prometheus' text format.",
        content: text("text/plain", "phonebook_commit_queue_programs 0\n"),
      },
    },
    failures: ["Unauthorized", "Fault", "Unavailable"],
  },
  "GET /openapi.json": {
    operationId: "showOpenApi",
    tag,
    summary: "This document",
    description: "OpenAPI 3.1.",
    access: "public",
    parameters: ["IfNoneMatch"],
    answers: {
      200: {
        description: "The document.",
        headers: ["ETag"],
        content: {
          "application/json": {
            schema: { type: "object" },
            examples: {
              "Its beginning": {
                value: { openapi: "3.1.1", info: { title: "Phonebook", version: "9" }, paths: {}, components: {} },
              },
            },
          },
        },
      },
      304: notModified,
    },
  },
  "GET /docs": {
    operationId: "showDocumentation",
    tag,
    summary: "The reference page",
    description: "This document for people; it signs the requests that are tried out.",
    access: "public",
    parameters: ["IfNoneMatch"],
    answers: {
      200: {
        description: "The page.",
        headers: ["ETag"],
        content: text("text/html", "<!doctype html><title>Phonebook</title>"),
      },
      304: notModified,
    },
  },
  "GET /docs/{file}": {
    operationId: "showDocumentationFile",
    tag,
    summary: "A file of the reference page",
    description: "Its style, its scripts and its icon.",
    access: "public",
    parameters: ["File", "IfNoneMatch"],
    answers: {
      200: {
        description: "The file.",
        headers: ["ETag"],
        content: {
          ...text("text/css", "body { margin: 0 }"),
          ...text("text/javascript", "export {}"),
          ...text("image/svg+xml", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        },
      },
      304: notModified,
    },
    failures: ["FileNotFound"],
  },
}
