/**
 * Lets the sides of a comparison take turns, A B A B, so that whatever else the machine does is spread over both. The first
 * round warms them up and does not count.
 */
export const turns = async <A>(rounds: number, sides: ReadonlyArray<() => Promise<A>>): Promise<Array<Array<A>>> => {
  const measured = sides.map((): Array<A> => [])
  for (let round = 0; round <= rounds; round++) {
    for (const [index, side] of sides.entries()) {
      const one = await side()
      if (round > 0) measured[index]!.push(one)
    }
  }
  return measured
}
