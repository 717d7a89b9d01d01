import { closeSync, openSync } from "node:fs"

/**
 * Makes an empty file that its owner alone can read. SQLite takes it for a new database, which else everybody on the machine
 * could read, and gives log and journal the same permissions.
 *
 * @param existing whether one may be there, which stays as it is: else it throws EEXIST.
 */
export const makePrivateFile = (path: string, existing: "allowed" | "refused"): void =>
  closeSync(openSync(path, existing === "allowed" ? "a" : "wx", 0o600))
