import type { PhoneNumberInput, PhoneNumbers } from "@phonebook/contract"
import { between, oneOf, type Random } from "./random.ts"

/** One `POST /v9/clients/:id/phone_numbers`. */
export interface CreateBatch {
  readonly kind: "create"
  readonly clientId: number
  /** Stands in every label of the batch, and in no other's: by it the rows are found when no answer told their ids. */
  readonly mark: string
  readonly numbers: ReadonlyArray<PhoneNumberInput & { readonly label: string; readonly number: string }>
}

/** What a connection can do. One more is a member here, a case in `requestOf`, and its check in `verify.ts`. */
export type Operation = CreateBatch

export interface Answer {
  readonly status: number
  /** `PhoneNumbers` where the status is 201. */
  readonly body: unknown
}

/** A line of the client's journal: what was sent, and what was answered before the server died. */
export interface Entry {
  readonly operation: Operation
  answer: Answer | undefined
}

export const CREATED = 201

/** What was acknowledged, if it was. */
export const acknowledged = ({ answer }: Entry): PhoneNumbers["phone_numbers"] | undefined =>
  answer?.status === CREATED ? (answer.body as PhoneNumbers).phone_numbers : undefined

const labelOf = (mark: string, index: number): string => `${mark}/${index}`
export const markOf = (label: string | null): string | undefined => label?.split("/")[0]

export const requestOf = ({ clientId, numbers }: Operation) => ({
  method: "POST",
  target: `/v9/clients/${clientId}/phone_numbers`,
  body: JSON.stringify({ phone_numbers: numbers }),
})

const digits = (draw: Random, count: number): string =>
  Array.from({ length: count }, () => between(draw, 0, 9)).join("")

const typedNumber = (draw: Random): string => {
  const [area, exchange, line] = [`${between(draw, 2, 9)}${digits(draw, 2)}`, digits(draw, 3), digits(draw, 4)]
  return oneOf(draw, [
    `${area}-${exchange}-${line}`,
    `(${area}) ${exchange}-${line}`,
    `+1 ${area} ${exchange} ${line}`,
    `+44 7400 ${digits(draw, 6)}`,
  ])
}

const createBatch = (draw: Random, mark: string, clientId: number): CreateBatch => {
  const count = between(draw, 1, 5)
  const primary = oneOf(draw, [undefined, undefined, between(draw, 0, count - 1)])
  return {
    kind: "create",
    clientId,
    mark,
    numbers: Array.from({ length: count }, (_, index) => ({
      label: labelOf(mark, index),
      number: typedNumber(draw),
      extension: oneOf(draw, [null, null, digits(draw, 4)]),
      is_primary: index === primary ? true : oneOf(draw, [null, false]),
    })),
  }
}

/** What one connection does, one operation after the other; `name` is unique to it in the life of the file. */
export const operations = (draw: Random, name: string, clientIds: ReadonlyArray<number>): (() => Operation) => {
  let count = 0
  return () => createBatch(draw, `${name}.${count++}`, oneOf(draw, clientIds))
}
