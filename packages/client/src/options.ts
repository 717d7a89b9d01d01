export interface PhonebookOptions {
  /** Where the service is: `https://phonebook.example.com`. */
  readonly baseUrl: string | URL
  readonly token: string
  /** Whoever has it can do all that the token may: it does not belong into a public page. */
  readonly secret: string
  /** Sends the requests; the platform's own where there is none. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How often a call is sent again after a failure that may pass. Default: 2. */
  readonly maxRetries?: number | undefined
  /** How long one try may take until the whole answer is there, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined
  /** From 0 to below 1: the jitter of the retries. */
  readonly random?: (() => number) | undefined
  /** Waits between tries; rejects when the signal aborts. */
  readonly sleep?: ((milliseconds: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
}

export interface CallOptions {
  /** Ends the call and its retries: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

export interface WriteOptions extends CallOptions {
  /** At most 255 printable characters; made for each call where there is none. */
  readonly idempotencyKey?: string | undefined
}

export interface ConditionalWriteOptions extends WriteOptions {
  /** The `etag` of the record as it was read: fails with `precondition_failed` if it has changed since. */
  readonly ifMatch?: string | undefined
}
