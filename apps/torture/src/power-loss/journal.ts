import { readFileSync } from "node:fs"
import { basename } from "node:path"

/** One thing that a process told the disk. Names are without what leads to them. */
export type Event =
  | { readonly kind: "created" | "unlinked"; readonly name: string }
  | { readonly kind: "written"; readonly name: string; readonly offset: number; readonly data: Buffer }
  | { readonly kind: "truncated"; readonly name: string; readonly length: number }
  | { readonly kind: "renamed" | "linked"; readonly name: string; readonly to: string }
  /** `sync` tells those apart that are under way together. */
  | { readonly kind: "sync begun" | "synced" | "sync failed"; readonly name: string; readonly sync: number }

export const DATABASE = "phonebook.db"
export const LOG = `${DATABASE}-wal`
/** The folder of the database, which a process may have made, and the one that is in. */
export const FOLDER = "data"
export const PARENT = "."

/** Reads what `record.c` wrote, in the order in which it happened. */
export const readJournal = (file: string, parent: string): ReadonlyArray<Event> => {
  const bytes = readFileSync(file)
  const events: Array<Event> = []
  let position = 0
  const take = (length: number) => bytes.subarray(position, (position += length))
  while (position < bytes.length) {
    const header = take(24)
    const path = take(header.readUInt32LE(4)).toString()
    const name = path === parent ? PARENT : basename(path)
    const number = Number(header.readBigInt64LE(8))
    const data = take(Number(header.readBigInt64LE(16)))
    events.push(event(header.readUInt32LE(0), name, number, data))
  }
  return events
}

const event = (kind: number, name: string, number: number, data: Buffer): Event => {
  switch (kind) {
    case 0:
      return { kind: "created", name }
    case 1:
      return { kind: "written", name, offset: number, data }
    case 2:
      return { kind: "truncated", name, length: number }
    case 3:
      return { kind: "renamed", name, to: basename(data.toString()) }
    case 4:
      return { kind: "unlinked", name }
    case 5:
      return { kind: "sync begun", name, sync: number }
    case 6:
      return { kind: "synced", name, sync: number }
    case 7:
      return { kind: "linked", name, to: basename(data.toString()) }
    case 8:
      return { kind: "sync failed", name, sync: number }
    default:
      throw new Error(`the journal is broken: a record of kind ${kind}`)
  }
}
