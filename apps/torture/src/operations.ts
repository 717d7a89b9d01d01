import type { PhoneNumber, PhoneNumberChange, PhoneNumberInput, PhoneNumbers } from "@phonebook/contract"

interface Write {
  readonly clientId: number
  /**
   * Unique in the life of a file, and part of every label that the operation writes, so that an operation is recognized in
   * the file even where its answer was lost.
   */
  readonly mark: string
  /** Sent with its mark as Idempotency-Key, so that it may be sent again. */
  readonly keyed: boolean
}

export interface Create extends Write {
  readonly kind: "create"
  readonly numbers: ReadonlyArray<PhoneNumberInput & { readonly number: string }>
}

export interface Update extends Write {
  readonly kind: "update"
  readonly id: number
  readonly change: Omit<PhoneNumberChange, "label" | "extension"> & { readonly number?: string }
}

export interface Delete extends Write {
  readonly kind: "delete"
  readonly id: number
}

export type Operation = Create | Update | Delete

export interface Answer {
  readonly status: number
  /** `Idempotency-Replayed: true` */
  readonly replayed: boolean
  readonly body: unknown
}

/** A line of the client's journal: what was sent, and what was answered before the server died. */
export interface Entry {
  readonly operation: Operation
  answer: Answer | undefined
  /** The first line of the journal that was sent after the answer came. */
  answered: number
}

const SUCCESS = { create: 201, update: 200, delete: 200 }

export const acknowledged = ({ kind }: Operation, answer: Answer | undefined): boolean =>
  answer?.status === SUCCESS[kind]

/** The phone numbers that an acknowledged operation was answered with. */
export const answeredNumbers = ({ kind }: Operation, { body }: Answer): ReadonlyArray<PhoneNumber> =>
  kind === "create" ? (body as PhoneNumbers).phone_numbers : kind === "update" ? [body as PhoneNumber] : []

/** The label of a number of a batch; an update writes the bare mark. */
export const labelOf = (mark: string, index: number): string => `${mark}/${index}`
export const markOf = (label: string | null): string | undefined => label?.split("/")[0]

export interface Request {
  readonly method: string
  readonly target: string
  readonly body: string
  readonly key?: string
}

export const requestOf = (operation: Operation): Request => {
  const target = `/v9/clients/${operation.clientId}/phone_numbers`
  const key = operation.keyed ? { key: operation.mark } : {}
  switch (operation.kind) {
    case "create": {
      const numbers = operation.numbers.map((number, index) => ({ ...number, label: labelOf(operation.mark, index) }))
      return { method: "POST", target, body: JSON.stringify({ phone_numbers: numbers }), ...key }
    }
    case "update": {
      const body = JSON.stringify({ ...operation.change, label: operation.mark })
      return { method: "PUT", target: `${target}/${operation.id}`, body, ...key }
    }
    case "delete":
      return { method: "DELETE", target: `${target}/${operation.id}`, body: "", ...key }
  }
}
