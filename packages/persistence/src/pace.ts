/** How long the store does one thing before it sees to the next; tests want other times. */
export interface Pace {
  /** How long programs run on end, in milliseconds, and half as long where no sync is under way: reads and new requests come in between. */
  readonly turnMillis: number
  /** How long programs gather for one COMMIT and one sync while more come in, in milliseconds: each costs the same for many. */
  readonly gatheringMillis: number
  /** How often committed frames are moved from the log into the database, in milliseconds, while there are commits. */
  readonly checkpointMillis: number
  /** With more frames (of 4 KiB) in the log, commits wait until all are moved: else it never starts anew and only grows. */
  readonly maxLogFrames: number
}

export const PACE: Pace = { turnMillis: 2, gatheringMillis: 4, checkpointMillis: 1000, maxLogFrames: 8192 }
