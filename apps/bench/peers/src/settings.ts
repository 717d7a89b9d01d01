const given = (name: string): string => {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set`)
  return value
}

export const file = given("PEER_DATABASE")
export const token = given("PEER_TOKEN")
export const secret = given("PEER_SECRET")

/** The account of the only credential. */
export const ACCOUNT_ID = 1

export const sayWhere = (url: string, journalMode: unknown, synchronous: unknown): void => {
  process.stderr.write(`journal_mode ${String(journalMode)}, synchronous ${String(synchronous)}; listens on ${url}\n`)
}
