import { Schema } from "effect"

/** What the service says of itself at `/`. */
export const Service = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  links: Schema.Record(Schema.String, Schema.String),
}).annotate({ identifier: "Service" })
export type Service = typeof Service.Type

/** The links it gives there. */
export const serviceLinks: Service["links"] = {
  phone_numbers: "/v9/clients/{client_id}/phone_numbers",
  clients: "/v9/clients",
  documentation: "/docs",
  openapi: "/openapi.json",
  health: "/healthz",
  readiness: "/readyz",
  metrics: "/metrics",
}

/** The answer to a health or readiness check. */
export const Status = Schema.Struct({ status: Schema.Literals(["ok", "ready"]) }).annotate({ identifier: "Status" })
export type Status = typeof Status.Type
