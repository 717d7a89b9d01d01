const ACCEPTED = /^[A-Za-z0-9._-]{1,128}$/u

/** What a request is called: the caller's X-Request-Id where it is fit for a log, else a new one. */
export const requestIdOf = (given: string | undefined): string =>
  given !== undefined && ACCEPTED.test(given) ? given : crypto.randomUUID()
