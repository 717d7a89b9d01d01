import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
  readSync,
  realpathSync,
  renameSync,
  statSync,
  writeSync,
} from "node:fs"
import { dirname, resolve } from "node:path"

/** Where a path leads over links, also where nothing is there yet. */
export const destinationOf = (path: string): string => {
  try {
    return realpathSync(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error
    const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true
    return isLink ? destinationOf(resolve(realpathSync(dirname(path)), readlinkSync(path))) : path
  }
}

/** A time as part of a name: `20261127T034512123Z`. */
export const inName = (time: Date): string => time.toISOString().replaceAll(/[-:.]/gu, "")

const PART_BYTES = 1024 * 1024

/** Brings a file, or the names in a folder, safely onto the disk. */
export const sync = (path: string): void => {
  const descriptor = openSync(path, "r")
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Writes an open file anew, as it is, so that the next sync brings all of it onto the disk: after one that failed the kernel
 * holds what it could not write for written.
 */
export const rewrite = (descriptor: number): void => {
  const part = Buffer.alloc(PART_BYTES)
  for (let position = 0; ;) {
    const length = readSync(descriptor, part, 0, part.length, position)
    if (length === 0) return
    position += writeSync(descriptor, part, 0, length, position)
  }
}

/** Whether two files are the same byte for byte. */
export const haveSameContent = (one: string, other: string): boolean => {
  if (statSync(one).size !== statSync(other).size) return false
  const descriptors = [openSync(one, "r"), openSync(other, "r")] as const
  const [part, otherPart] = [Buffer.alloc(PART_BYTES), Buffer.alloc(PART_BYTES)]
  try {
    for (;;) {
      const length = readSync(descriptors[0], part)
      readSync(descriptors[1], otherPart)
      if (!part.equals(otherPart)) return false
      if (length === 0) return true
    }
  } finally {
    descriptors.forEach(closeSync)
  }
}

/** Puts a written file in its place, over a former one, so that after a crash it is there whole or not at all. */
export const moveDurably = (from: string, to: string): void => {
  sync(from)
  renameSync(from, to)
  // A name lives in its folder: without this the machine may forget the file, whatever became of its content.
  sync(dirname(to))
}

/** Makes a folder and those above it so that they survive a crash. */
export const makeFolderDurably = (folder: string): void => {
  const first = mkdirSync(folder, { recursive: true })
  if (first === undefined) return
  for (let made = folder; made.startsWith(first); made = dirname(made)) sync(dirname(made))
}
