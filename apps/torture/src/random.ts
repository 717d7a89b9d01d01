import { createHash } from "node:crypto"

/** Numbers from 0 up to 1, the same ones for the same names, whatever else is drawn meanwhile. */
export type Random = () => number

/** Mulberry32, started from a hash, so that neighbouring names share nothing. */
export const random = (...names: ReadonlyArray<string | number>): Random => {
  let state = createHash("sha256").update(names.join(" ")).digest().readUInt32LE()
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A whole number, both ends included. */
export const between = (draw: Random, least: number, most: number): number =>
  least + Math.floor(draw() * (most - least + 1))

export const oneOf = <A>(draw: Random, choices: ReadonlyArray<A>): A => choices[between(draw, 0, choices.length - 1)]!
