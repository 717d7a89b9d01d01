import { DatabaseSync } from "node:sqlite"
import { load, type Measured } from "./load.ts"

export interface Creating {
  readonly run: () => Promise<Measured>
  /** Holds the rows in the file against what was acknowledged: what is fast because it is not done is found by it. */
  readonly check: () => void
}

/** Creates on a server, as fast as its answers come. */
export const creating = (
  { url, file }: { readonly url: string; readonly file: string },
  given: {
    readonly requests: ReadonlyArray<Uint8Array>
    readonly connections: number
    readonly seconds: number
    /** Phone numbers in each of the requests. */
    readonly numbers?: number
  },
): Creating => {
  let total = 0
  const before = countRows(file)
  return {
    run: async () => {
      const measured = await load({ url, warmSeconds: 0.3, statuses: [201], ...given })
      total += measured.total
      return measured
    },
    check: () => {
      const expected = total * (given.numbers ?? 1)
      const stored = countRows(file) - before
      if (stored !== expected) throw new Error(`${file}: ${expected} rows were acknowledged, ${stored} are there`)
    },
  }
}

const countRows = (file: string): number => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare("SELECT count(*) AS count FROM phone_numbers").get()!["count"] as number
  } finally {
    database.close()
  }
}
