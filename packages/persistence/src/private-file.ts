import { closeSync, openSync } from "node:fs"

/**
 * Makes an empty file that its owner alone can read. SQLite takes it for a new database, which else everybody on the machine
 * could read, and gives log and journal the same permissions.
 *
 * @throws EEXIST where there is one, which is not opened: to close it would end the locks that this process has on it.
 */
export const makePrivateFile = (path: string): void => closeSync(openSync(path, "wx", 0o600))
