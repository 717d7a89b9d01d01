/** The value that a share of the others (0.5, 0.99) does not exceed. */
export const percentile = (values: ReadonlyArray<number>, share: number): number => {
  const ascending = values.toSorted((a, b) => a - b)
  return ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? Number.NaN
}

export const median = (values: ReadonlyArray<number>): number => percentile(values, 0.5)

/** The quotients of two sides that took turns, each with its neighbour: what slows the machine slows both. */
export const ratios = (above: ReadonlyArray<number>, below: ReadonlyArray<number>): ReadonlyArray<number> =>
  above.map((value, index) => value / below[index]!)
