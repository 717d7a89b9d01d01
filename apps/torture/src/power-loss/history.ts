import type { ClientId, PhoneNumber, PhoneNumberId } from "@phonebook/domain"
import type { Event } from "./journal.ts"
import { linesOf } from "./lines.ts"

/** What one unit of work did, as it was answered. */
export type Change =
  | { readonly kind: "began"; readonly clientIds: ReadonlyArray<ClientId> }
  | {
      readonly kind: "created"
      readonly clientId: ClientId
      readonly phoneNumbers: ReadonlyArray<PhoneNumber>
      /** Under which its answer is kept. */
      readonly key: string | null
    }
  | { readonly kind: "updated"; readonly clientId: ClientId; readonly phoneNumber: PhoneNumber }
  | { readonly kind: "deleted"; readonly clientId: ClientId; readonly id: PhoneNumberId }

/** A line that a process writes beside the database, so that the journal tells when. */
export type Line =
  /** The first process of a run began, and found so many units in the file. */
  | { readonly found: number }
  /** It began anew beside the second one. */
  | { readonly first: "again" }
  /** A unit ran, and makes them so many; it is not committed yet. No other unit has its id. */
  | { readonly ran: Change; readonly units: number; readonly id: number }
  /** A unit's caller was told that it is not saved. */
  | { readonly refused: number }
  /** Somebody was told of so many units: they are on the disk. */
  | { readonly answered: number }
  /** A backup takes the place of the one before. */
  | { readonly backup: "begun" | "done" }
  /** Of a client whom no unit touches: from when on it is there, and what becomes of it. */
  | { readonly erasure: "ahead" | "begun" | "done" }
  /** The second process of a run is done. */
  | { readonly second: "done" }

/** Every unit of work that was ever committed, in the order of the commits. */
export const unitsOf = (events: ReadonlyArray<Event>): ReadonlyArray<Change> => {
  let units: Array<{ readonly change: Change; readonly id: number }> = []
  let answered = 0
  for (const line of events.flatMap((event) => linesOf<Line>(event))) {
    if ("ran" in line) {
      // It knows how many there are: what ran before it and is not among them was never committed.
      units.length = Math.min(units.length, line.units - 1)
      units.push({ change: line.ran, id: line.id })
    } else if ("refused" in line) units = units.filter(({ id }) => id !== line.refused)
    else if ("answered" in line) answered = Math.max(answered, line.answered)
    else if ("found" in line) {
      if (line.found < answered)
        throw new Error(`${answered} units were answered, and ${line.found} outlived the process`)
      // What ran and was not committed when the process ended is void.
      units.length = Math.min(units.length, line.found)
    }
  }
  return units.map(({ change }) => change)
}

export interface Client {
  readonly id: ClientId
  readonly version: number
  readonly phoneNumberCount: number
}

/** What is kept for the repetition of a unit: what it did. */
export interface KeptAnswer {
  readonly key: string
  readonly answer: string
}

/** What a database holds of clients, their numbers and kept answers, by ascending ids. */
export interface State {
  /** The last id that a phone number was given: the next one goes on from it, deleted or not. */
  readonly lastId: number
  readonly clients: ReadonlyArray<Client>
  readonly phoneNumbers: ReadonlyArray<PhoneNumber>
  readonly answers: ReadonlyArray<KeptAnswer>
}

/** What these units make of an empty database. */
export const stateAfter = (units: ReadonlyArray<Change>): State => {
  const clients = new Map<ClientId, Client>()
  const phoneNumbers = new Map<PhoneNumberId, PhoneNumber>()
  const primaries = new Map<ClientId, PhoneNumberId>()
  const answers: Array<KeptAnswer> = []
  let lastId = 0

  const put = (phoneNumber: PhoneNumber) => {
    const { clientId, id, isPrimary, updatedAt } = phoneNumber
    const former = phoneNumbers.get(primaries.get(clientId) ?? id)
    if (isPrimary && former !== undefined && former.id !== id) {
      phoneNumbers.set(former.id, { ...former, isPrimary: false, version: former.version + 1, updatedAt })
    }
    if (isPrimary) primaries.set(clientId, id)
    lastId = Math.max(lastId, id)
    phoneNumbers.set(id, phoneNumber)
  }

  for (const unit of units) {
    if (unit.kind === "began") {
      for (const id of unit.clientIds) clients.set(id, { id, version: 1, phoneNumberCount: 0 })
      continue
    }
    const { id, version, phoneNumberCount } = clients.get(unit.clientId)!
    const more = unit.kind === "created" ? unit.phoneNumbers.length : unit.kind === "deleted" ? -1 : 0
    clients.set(id, { id, version: version + 1, phoneNumberCount: phoneNumberCount + more })
    if (unit.kind === "created") {
      unit.phoneNumbers.forEach(put)
      if (unit.key !== null) answers.push({ key: unit.key, answer: JSON.stringify(unit) })
    } else if (unit.kind === "updated") put(unit.phoneNumber)
    else {
      if (primaries.get(id) === unit.id) primaries.delete(id)
      phoneNumbers.delete(unit.id)
    }
  }
  return { lastId, clients: [...clients.values()], phoneNumbers: [...phoneNumbers.values()], answers }
}
