/** What each item of a request says of being the primary; null says nothing. */
export type PrimaryWishes = ReadonlyArray<boolean | null>

/** The items that ask for what only one can be: their positions, or none where at most one asks. */
export const competingPrimaries = (wishes: PrimaryWishes): ReadonlyArray<number> => {
  const asking = wishes.flatMap((wish, index) => (wish === true ? [index] : []))
  return asking.length > 1 ? asking : []
}

/**
 * Which new number of a request becomes the client's primary: the one that says so; else, for a client that has no
 * number yet, the first that says nothing; else none. An explicit `false` is honoured, on a first number too.
 *
 * @returns its position, or null. Two that say so are refused before (`competingPrimaries`).
 */
export const choosePrimary = (client: { readonly phoneNumberCount: number }, wishes: PrimaryWishes): number | null => {
  const asking = wishes.indexOf(true)
  if (asking >= 0) return asking
  const silent = client.phoneNumberCount === 0 ? wishes.indexOf(null) : -1
  return silent >= 0 ? silent : null
}
