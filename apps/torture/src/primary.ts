import type { Done } from "./reckon.ts"

/** What was asked for of one number. */
export interface Turn extends Pick<Done, "sent" | "answered"> {
  readonly id: number | undefined
  /** Makes the number the primary, or ends that. */
  readonly begins: boolean
}

export const turnsOf = ({ operation, ids, sent, answered }: Done): ReadonlyArray<Turn> => {
  if (operation.kind === "delete") return [{ id: operation.id, begins: false, sent, answered }]
  const items = operation.kind === "create" ? operation.numbers : [operation.change]
  return items.flatMap(({ is_primary }, index) =>
    is_primary === true || (is_primary === false && operation.kind === "update")
      ? [{ id: ids[index], begins: is_primary, sent, answered }]
      : [],
  )
}

/**
 * The numbers of a client that can be its primary now (undefined: none can be), by the one that was it before and by
 * what was carried out since. Of what overlapped in time any may have been the last.
 */
export const possiblePrimaries = (
  former: number | undefined,
  done: ReadonlyArray<Done>,
): ReadonlyArray<number | undefined> => {
  const turns = done.flatMap(turnsOf)
  const begun = [{ id: former, sent: -1, answered: 0 }, ...turns.filter(({ begins }) => begins)]
  const lastSent = Math.max(...begun.map(({ sent }) => sent))
  return begun
    .filter(({ answered }) => answered > lastSent)
    .map((turn) => {
      // What happens to one number happens in order.
      const ended = turns.some(({ id, begins, sent }) => id === turn.id && !begins && sent >= turn.answered)
      return ended ? undefined : turn.id
    })
}
