/** How the store is doing at this moment. */
export interface StoreFigures {
  /** Programs that are not answered yet. */
  readonly waiting: number
  /** Size of the write-ahead log. */
  readonly walBytes: number
}

/** Whom the store tells how it is doing. */
export interface StoreObserver {
  /** Hears of every sync: how many programs it confirmed, and the seconds from the first one's BEGIN to its end. */
  readonly committed: (programs: number, seconds: number) => void
  /** Is given, once, what answers the figures of the moment. */
  readonly watch: (figures: () => StoreFigures) => void
}
