import { between, oneOf, type Random } from "../random.ts"
import { contentOf, copyImage, emptyImage, type Image, setLength, writeAt } from "./image.ts"
import { type Event, FOLDER, PARENT } from "./journal.ts"

/** A disk writes this much at once, or not at all. */
const SECTOR = 512

type Change = Extract<Event, { kind: "written" | "truncated" }>
type NameChange = {
  readonly event: Extract<Event, { kind: "created" | "unlinked" | "renamed" | "linked" }>
  readonly file: File
}

/** What is safe on the disk, and what came since, oldest first. */
interface File {
  readonly image: Image
  readonly since: Array<Since>
}

/** Safe is what a sync has confirmed; forsaken, what one that failed has not: no later one does, the kernel takes it for written. */
interface Since {
  readonly change: Change
  fate: "open" | "safe" | "forsaken"
}

/** The files of a folder by their names. */
export type Files = ReadonlyMap<string, Buffer>

/** How much of what was not synced the power loss leaves of one file: parts of 1, the rest is dropped. */
const MOODS = [
  { whole: 0, torn: 0 },
  { whole: 1, torn: 0 },
  { whole: 0.5, torn: 0.25 },
  { whole: 0.95, torn: 0.02 },
  { whole: 0.05, torn: 0.05 },
  { whole: 0, torn: 1 },
]

/**
 * A disk that keeps only what it must: what was written before a sync of its file began, once that has succeeded, and the names
 * that were in the folder when a sync of that began. Of everything else it keeps what it likes.
 */
export const makeDisk = (before: Files = new Map()) => {
  const names = new Map(
    Array.from(before, ([name, bytes]): [string, File] => [
      name,
      { image: copyImage({ bytes, length: bytes.length }), since: [] },
    ]),
  )
  const safeNames = new Map(names)
  let pendingNames: Array<NameChange> = []
  /** What becomes of all that was there when a sync began, when it ends. */
  const syncs = new Map<number, (fate: "safe" | "forsaken") => void>()

  /** Lets an event happen; a file that was there before the first one, and was not given, is none of ours. */
  const happen = (event: Event): void => {
    const file = names.get(event.name)
    switch (event.kind) {
      case "created":
      case "unlinked":
      case "renamed":
      case "linked": {
        const change = { event, file: file ?? { image: emptyImage(), since: [] } }
        rename(names, change)
        pendingNames.push(change)
        return
      }
      case "written":
      case "truncated":
        file?.since.push({ change: event, fate: "open" })
        return
      case "sync begun":
        syncs.set(event.sync, syncOf(event.name))
        return
      case "synced":
        syncs.get(event.sync)?.("safe")
        return
      case "sync failed":
        syncs.get(event.sync)?.("forsaken")
    }
  }

  const syncOf = (name: string) => {
    if (name === FOLDER) return folderSync(pendingNames.filter(({ event }) => event.name !== FOLDER))
    if (name === PARENT) return folderSync(pendingNames.filter(({ event }) => event.name === FOLDER))
    return fileSync(names.get(name))
  }

  const folderSync = (changes: ReadonlyArray<NameChange>) => {
    const begun = new Set(changes)
    return (fate: "safe" | "forsaken") => {
      // Names are of the file system's own log, which does not take for written what it could not write.
      if (fate === "forsaken") return
      for (const change of pendingNames) if (begun.has(change)) rename(safeNames, change)
      pendingNames = pendingNames.filter((change) => !begun.has(change))
    }
  }

  const fileSync = (file: File | undefined) => {
    const begun = new Set(file?.since)
    return (fate: "safe" | "forsaken") => {
      if (file === undefined) return
      for (const one of begun) if (one.fate === "open") one.fate = fate
      // In order: what is safe lies over what was forsaken before it.
      while (file.since[0]?.fate === "safe") apply(file.image, file.since.shift()!.change)
    }
  }

  return {
    happen,
    /** The files as the operating system shows them. */
    whole: (): Files => images(names, ({ image, since }) => since.forEach(({ change }) => apply(image, change))),
    /** The files as they may be found if the power fails now. */
    afterPowerLoss: (draw: Random): Files => {
      const found = new Map(safeNames)
      const kept = oneOf(draw, [0, 0.5, 1])
      for (const change of pendingNames) if (draw() < kept) rename(found, change)
      // With a folder all that is in it is lost.
      if (names.has(FOLDER) && !found.has(FOLDER)) return new Map()
      return images(found, ({ image, since }) => loseSome(image, since, draw))
    },
  }
}

const images = (names: ReadonlyMap<string, File>, finish: (file: File) => void): Files => {
  // A file of two names is one.
  const contents = new Map(
    Array.from(new Set(names.values()), (file) => {
      const image = copyImage(file.image)
      finish({ image, since: file.since })
      return [file, contentOf(image)]
    }),
  )
  return new Map(
    Array.from(names, ([name, file]) => [name, contents.get(file)!] as const).filter(([name]) => name !== FOLDER),
  )
}

const rename = (names: Map<string, File>, { event, file }: NameChange): void => {
  if (event.kind === "unlinked" || event.kind === "renamed") names.delete(event.name)
  if (event.kind !== "unlinked") names.set("to" in event ? event.to : event.name, file)
}

const apply = (image: Image, change: Change): void =>
  change.kind === "truncated" ? setLength(image, change.length) : writeAt(image, change.offset, change.data)

const loseSome = (image: Image, since: ReadonlyArray<Since>, draw: Random): void => {
  const { whole, torn } = oneOf(draw, MOODS)
  // A disk may begin with what came last, and have got no further.
  const first = oneOf(draw, [0, 0, between(draw, 0, since.length)])
  for (const [index, { change, fate }] of since.entries()) {
    const luck = index < first ? 1 : draw()
    if (fate === "safe" || luck < whole) apply(image, change)
    else if (change.kind === "truncated" || index < first) continue
    else if (luck < whole + torn) tear(image, change.offset, change.data, draw)
    // The length of a file is not kept where its content is: it may have grown by what never came.
    else if (draw() < 0.1)
      setLength(image, Math.max(image.length, change.offset + between(draw, 0, change.data.length)))
  }
}

const tear = (image: Image, offset: number, data: Buffer, draw: Random): void => {
  for (let start = 0; start < data.length;) {
    const end = Math.min(data.length, start + SECTOR - ((offset + start) % SECTOR))
    if (draw() < 0.5) writeAt(image, offset + start, data.subarray(start, end))
    start = end
  }
}
