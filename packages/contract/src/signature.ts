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
  // Uses nothing from outside of itself: the reference page is served the source of this very function.
  const cut = (text: string, mark: string): readonly [before: string, after: string] => {
    const at = text.indexOf(mark)
    return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)]
  }
  const [path, query] = cut(target, "?")
  const head = `${method} ${host}${path}?`
  if (body.length > 0) return [head, body]
  const pairs = query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => ({ name: cut(pair, "=")[0], pair }))
    // A request target is ASCII (or Latin-1) text, so code units compare as its bytes do.
    .toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return [head, pairs.map(({ pair }) => pair).join("&")]
}
