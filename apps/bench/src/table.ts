import type { Goal, Row } from "./figure.ts"

/** Three digits that count, but no fraction of a thousand. */
const shown = (value: number): string =>
  value.toLocaleString("en", value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })

const goalOf = (goal: Goal): string => ("atLeast" in goal ? `≥ ${shown(goal.atLeast)}` : `≤ ${shown(goal.atMost)}`)

const reached = (value: number, goal: Goal): boolean =>
  "atLeast" in goal ? value >= goal.atLeast : value <= goal.atMost

/** The rows for people: each with its median, the lowest and the highest of its samples, and what is to be reached. */
export const table = (rows: ReadonlyArray<Row>): string => {
  const cells = rows.map(({ what, value, unit, samples, goal }) => [
    what,
    `${shown(value)} ${unit}`.trim(),
    samples.length > 1 ? `${shown(Math.min(...samples))} – ${shown(Math.max(...samples))}` : "",
    goal === undefined ? "" : `${goalOf(goal)} ${reached(value, goal) ? "reached" : "missed"}`,
  ])
  const all = [["", "median", "lowest – highest", "goal"], ...cells]
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((line) => line[column]!.length)))
  const line = ([what, ...rest]: ReadonlyArray<string>) =>
    [what!.padEnd(widths[0]!), ...rest.map((cell, index) => cell.padStart(widths[index + 1]!))].join("  ").trimEnd()
  return all.map(line).join("\n")
}
