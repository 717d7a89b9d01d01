import { type Answer, acknowledged, answeredNumbers, type Create, type Operation } from "./operations.ts"
import { between, oneOf, type Random } from "./random.ts"

const digits = (draw: Random, count: number): string =>
  Array.from({ length: count }, () => between(draw, 0, 9)).join("")

const areaCode = (draw: Random): string => `${between(draw, 2, 9)}${digits(draw, 2)}`

const internationalNumber = (draw: Random): string =>
  oneOf(draw, [
    `+1 ${areaCode(draw)} ${digits(draw, 3)} ${digits(draw, 4)}`,
    `+1 (${areaCode(draw)}) ${digits(draw, 3)}-${digits(draw, 4)}`,
    `+44 7400 ${digits(draw, 6)}`,
  ])

const typedNumber = (draw: Random): string =>
  oneOf(draw, [
    `${areaCode(draw)}-${digits(draw, 3)}-${digits(draw, 4)}`,
    `(${areaCode(draw)}) ${digits(draw, 3)}-${digits(draw, 4)}`,
    internationalNumber(draw),
  ])

const batch = (draw: Random): Create["numbers"] => {
  const count = between(draw, 1, 5)
  const primary = oneOf(draw, [undefined, undefined, between(draw, 0, count - 1)])
  return Array.from({ length: count }, (_, index) => ({
    number: typedNumber(draw),
    extension: oneOf(draw, [null, null, digits(draw, 4)]),
    is_primary: index === primary ? true : oneOf(draw, [null, false]),
  }))
}

/**
 * What one connection does, one operation after the other, in the life of a file; `name` is unique to it. It takes each
 * answer, or undefined where none came. It changes and deletes only what it has created, so that the order of what
 * happens to a number is known; one whose fate is not known it leaves alone.
 */
export function* operations(
  draw: Random,
  name: string,
  clientIds: ReadonlyArray<number>,
): Generator<Operation, never, Answer | undefined> {
  const own: Array<{ readonly clientId: number; readonly id: number }> = []
  const repeatable: Array<Operation> = []

  const next = (mark: string): Operation => {
    if (repeatable.length > 0 && between(draw, 1, 20) === 1) return oneOf(draw, repeatable)
    const write = { mark, keyed: between(draw, 1, 4) === 1 }
    const kind = own.length < 5 ? "create" : oneOf(draw, ["create", "create", "update", "update", "delete"] as const)
    if (kind === "create") return { kind, ...write, clientId: oneOf(draw, clientIds), numbers: batch(draw) }
    const [number] = own.splice(between(draw, 0, own.length - 1), 1)
    if (kind === "delete") return { kind, ...write, ...number! }
    const change = {
      ...oneOf(draw, [{}, { number: internationalNumber(draw) }]),
      ...oneOf(draw, [{}, { is_primary: true }, { is_primary: false }]),
    }
    return { kind, ...write, ...number!, change }
  }

  for (let count = 0; ; count++) {
    const operation = next(`${name}.${count}`)
    const answer = yield operation
    if (answer === undefined || !acknowledged(operation, answer) || repeatable.includes(operation)) continue
    for (const { id } of answeredNumbers(operation, answer)) own.push({ clientId: operation.clientId, id })
    if (operation.keyed) repeatable.push(operation)
  }
}

/** Creates a number and deletes it: where little else happens it had the highest id, which is the one that might be given again. */
export function* fleetingNumber(mark: string, clientId: number): Generator<Operation, void, Answer | undefined> {
  const create: Create = { kind: "create", clientId, mark, keyed: false, numbers: [{ number: "504-555-0124" }] }
  const answer = yield create
  if (answer === undefined || !acknowledged(create, answer)) return
  const { id } = answeredNumbers(create, answer)[0]!
  yield { kind: "delete", clientId, mark: `${mark}.delete`, keyed: false, id }
}
