export interface PhonebookOptions {
  /** Where the service is: `https://phonebook.example.com`, without a name and password in it. */
  readonly baseUrl: string | URL
  readonly token: string
  /** Whoever has it can do all that the token may: it does not belong into a public page. */
  readonly secret: string
  /** Sends the requests; the platform's own where there is none. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How often a call is sent again after a failure that may pass. Default: 2. */
  readonly maxRetries?: number | undefined
  /** How long one try may take until the whole answer is there, in whole milliseconds. Default: 30 000. */
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

/** The longest that a timer runs, in milliseconds: Node ends a longer one at once. */
const MAX_TIMEOUT = 2 ** 31 - 1

/** Throws a TypeError for options that no call could work with, most often an environment variable that is not set. */
export const checkOptions = ({ baseUrl, token, secret, timeoutMs = 1 }: PhonebookOptions): void => {
  const { protocol, username, password } = new URL(baseUrl)
  if (protocol !== "https:" && protocol !== "http:") throw new TypeError("baseUrl must begin with https:// or http://")
  if (username !== "" || password !== "") throw new TypeError("baseUrl must have no name and password in it")
  for (const [name, value] of Object.entries({ token, secret })) {
    if (typeof value !== "string" || value === "") throw new TypeError(`${name} must be a text that is not empty`)
  }
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > MAX_TIMEOUT) {
    throw new TypeError(`timeoutMs must be a whole number from 1 to ${MAX_TIMEOUT}`)
  }
}
