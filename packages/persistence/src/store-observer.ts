import { statSync } from "node:fs"
import { isInMemory } from "./connection.ts"

/** How the store is doing at this moment. */
export interface StoreFigures {
  /** Programs that wait for a commit. */
  readonly waiting: number
  /** Size of the write-ahead log. */
  readonly walBytes: number
}

/** Whom the store tells how it is doing. */
export interface StoreObserver {
  /** Hears of every commit: how many programs shared it, and the seconds from its BEGIN to its end. */
  readonly committed: (programs: number, seconds: number) => void
  /** Is given, once, what answers the figures of the moment. */
  readonly watch: (figures: () => StoreFigures) => void
}

/** The size of a database's write-ahead log: 0 while there is none. */
export const walBytes = (file: string): number =>
  isInMemory(file) ? 0 : (statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0)
