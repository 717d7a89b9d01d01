import { partsToSign } from "@phonebook/contract"

const utf8 = new TextEncoder()

/** What a signature covers: the body as text, empty when there is none. */
export interface Signed {
  readonly method: string
  readonly host: string
  /** Path and query as `fetch` sends them. */
  readonly target: string
  readonly body: string
}

/** The base64 of HMAC-SHA256 over the request, keyed with the secret, by Web Crypto. */
export const sign = async (secret: string, request: Signed): Promise<string> => {
  const algorithm = { name: "HMAC", hash: "SHA-256" }
  const key = await crypto.subtle.importKey("raw", utf8.encode(secret), algorithm, false, ["sign"])
  // A target is ASCII, and `fetch` sends text as UTF-8 too: these are the very bytes of the request.
  const mac = await crypto.subtle.sign("HMAC", key, utf8.encode(partsToSign(request).join("")))
  return btoa(String.fromCharCode(...new Uint8Array(mac)))
}
