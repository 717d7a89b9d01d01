import { createHmac } from "node:crypto"
import { type PhoneNumberInput, partsToSign } from "@phonebook/contract"

export const HOST = "127.0.0.1"

export const credential = {
  token: "benchBENCHbenchBENCHbenchBENCH00",
  secret: "bench-secret-bench-secret-bench-secret-0",
}

export interface Request {
  readonly method: string
  readonly target: string
  readonly body?: unknown
  readonly secret?: string
}

const signed = ({ method, target, secret = credential.secret }: Request, text: string): Record<string, string> => {
  const [head, tail] = partsToSign({ method, host: HOST, target, body: text })
  const signature = createHmac("sha256", secret).update(head).update(tail).digest("base64")
  const headers = { "X-Token": credential.token, "X-Signature": signature }
  return text === "" ? headers : { ...headers, "Content-Type": "application/json" }
}

const textOf = ({ body }: Request): string => (body === undefined ? "" : JSON.stringify(body))

/** A signed request as it travels: made before anything is measured, so that sending it costs next to nothing. */
export const bytesOf = (request: Request): Uint8Array => {
  const text = textOf(request)
  const headers = { Host: HOST, ...signed(request, text), "Content-Length": String(Buffer.byteLength(text)) }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  return Buffer.from(`${request.method} ${request.target} HTTP/1.1\r\n${lines.join("")}\r\n${text}`)
}

/** Sends one request, where the time it takes is of no interest. */
export const send = async (
  url: string,
  request: Request,
): Promise<{ readonly status: number; readonly body: unknown }> => {
  const text = textOf(request)
  const { method, target } = request
  const headers = signed(request, text)
  const response = await fetch(url + target, { method, headers, ...(text !== "" && { body: text }) })
  return { status: response.status, body: await response.json() }
}

export const createTarget = (clientId: number): string => `/v9/clients/${clientId}/phone_numbers`

/** `504-555-0123` and the like, a new one for each index up to eight thousand million, in no order. */
export const northAmerican = (index: number): string => {
  const digits = String(2_000_000_000 + (((index * 48_271) % 8_000_000_007) % 8_000_000_000))
  return `${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
}

/** The first documented exchange, with a number of its own. */
export const documented = (index: number): PhoneNumberInput => ({
  label: "home",
  country_code: "+1",
  number: northAmerican(index),
  extension: null,
  is_primary: false,
})

/** Creates that differ in their numbers and take turns in their clients. */
export const creates = (
  clientIds: ReadonlyArray<number>,
  { requests = 10_000, numbers = 1 } = {},
): ReadonlyArray<Uint8Array> =>
  Array.from({ length: requests }, (_, request) =>
    bytesOf({
      method: "POST",
      target: createTarget(clientIds[request % clientIds.length]!),
      body: {
        phone_numbers: Array.from({ length: numbers }, (_number, index) => documented(request * numbers + index)),
      },
    }),
  )
