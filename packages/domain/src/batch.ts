import { Result } from "effect"

/** Why a list is refused as a whole: missing or null, no array, without an item, with more items than allowed. */
export interface ListViolation {
  readonly code: "blank" | "wrong_type" | "empty" | "too_many"
}

/** The items of a request, or why there are none to read. */
export type Batch<Item> = ReadonlyArray<Item> | ListViolation

/** The items of a batch, of which there must be 1 to `maximum`. */
export const readBatch = <Item>(
  batch: Batch<Item>,
  maximum: number,
): Result.Result<ReadonlyArray<Item>, ListViolation> => {
  if ("code" in batch) return Result.fail(batch)
  if (batch.length === 0) return Result.fail({ code: "empty" })
  return batch.length > maximum ? Result.fail({ code: "too_many" }) : Result.succeed(batch)
}
