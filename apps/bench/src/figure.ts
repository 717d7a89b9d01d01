import { median } from "./statistics.ts"

export interface Bench {
  /** Where the databases lie: the disk that is measured. */
  readonly folder: string
  /** How often each of the sides that are compared has its turn. */
  readonly rounds: number
  /** How long a turn is measured, in seconds. */
  readonly seconds: number
  /** How many requests the memory is watched over. */
  readonly memoryRequests: number
  /** Rows in the table that an insert grows into. */
  readonly growthRows: number
  /** What a person who waits may want to know. */
  readonly say: (line: string) => void
}

/** The least or the most that is to be reached. */
export type Goal = { readonly atLeast: number } | { readonly atMost: number }

export interface Row {
  readonly what: string
  /** The median of the samples. */
  readonly value: number
  readonly unit: string
  readonly samples: ReadonlyArray<number>
  readonly goal?: Goal
}

/** One figure of docs/performance.md, or what belongs together of several. */
export type Figure = (bench: Bench) => Promise<ReadonlyArray<Row>>

export const row = (what: string, unit: string, samples: ReadonlyArray<number>, goal?: Goal): Row => ({
  what,
  value: median(samples),
  unit,
  samples,
  ...(goal && { goal }),
})
