/** What a signature covers of a request, as it travels. */
export interface SignedRequest {
  readonly method: string
  /** The host as the signer wrote it, with or without port, or `http://` and the host. */
  readonly host: string
  /** The request target as sent: path, and the query string if any, still URL-encoded. */
  readonly target: string
  /** The raw bytes of the body; empty when there is none. */
  readonly body: Uint8Array | string
}

const nameOf = (pair: string): string => {
  const equals = pair.indexOf("=")
  return equals < 0 ? pair : pair.slice(0, equals)
}

/** The `a=b` pairs of a query string as sent, sorted, stably, by the bytes of their names; empty pairs dropped. */
const sortedQuery = (query: string): string =>
  query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => ({ name: nameOf(pair), pair }))
    // A request target is ASCII (or Latin-1) text, so code units compare as its bytes do.
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ pair }) => pair)
    .join("&")

/**
 * The string that a v9 signature covers, in its two parts: `METHOD host/path?`, and the body's bytes or else the sorted
 * query. The signature is the base64 of HMAC-SHA256(secret, head + tail); the HMAC is the caller's (node:crypto on a
 * server, Web Crypto in a page). A head holds one byte a character (Latin-1).
 */
export const partsToSign = ({
  method,
  host,
  target,
  body,
}: SignedRequest): readonly [head: string, tail: Uint8Array | string] => {
  const mark = target.indexOf("?")
  const path = mark < 0 ? target : target.slice(0, mark)
  const query = mark < 0 ? "" : target.slice(mark + 1)
  return [`${method} ${host}${path}?`, body.length > 0 ? body : sortedQuery(query)]
}
