import { Schema } from "effect"

/** The service cannot start on this database, and the reason is the operator's to mend. Nothing was changed. */
export class DatabaseUnusable extends Schema.TaggedError<DatabaseUnusable>()("DatabaseUnusable", {
  file: Schema.String,
  reason: Schema.String,
}) {
  override get message() {
    return `Cannot use the database ${this.file}: ${this.reason}`
  }
}
