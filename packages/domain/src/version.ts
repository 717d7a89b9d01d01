import { Data, Effect } from "effect"

/** The record is of another version than the caller expects: somebody changed it since. */
export class VersionConflict extends Data.TaggedError("VersionConflict") {
  override get message() {
    return "The record has changed since; nothing was saved."
  }
}

/** The versions that a caller is willing to change; null is any. */
export type ExpectedVersions = ReadonlyArray<number> | null

/** Fails with VersionConflict where a record is of none of the versions that a caller expects. */
export const expectVersion = (record: { readonly version: number }, expected: ExpectedVersions) =>
  expected === null || expected.includes(record.version) ? Effect.void : Effect.fail(new VersionConflict())
