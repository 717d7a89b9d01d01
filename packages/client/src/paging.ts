/** Which part of a list. */
export interface Paging {
  /** From 1. */
  readonly page?: number | undefined
  /** 100 at most, and where nothing else is said. */
  readonly per_page?: number | undefined
}
