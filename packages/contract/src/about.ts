import { Schema } from "effect"

/** What the service says of itself at `/`. */
export const Service = Schema.Struct({
  name: Schema.String,
  version: Schema.String,
  links: Schema.Record(Schema.String, Schema.String),
}).annotate({ identifier: "Service" })
export type Service = typeof Service.Type

/** The answer to a health or readiness check. */
export const Status = Schema.Struct({ status: Schema.Literals(["ok", "ready"]) }).annotate({ identifier: "Status" })
export type Status = typeof Status.Type
