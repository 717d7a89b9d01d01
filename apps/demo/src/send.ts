import { createHmac } from "node:crypto"
import { partsToSign } from "@phonebook/contract"

export interface Caller {
  /** Where the service listens, without a path. */
  readonly url: string
  readonly token: string
  readonly secret: string
}

/** The base64 signature of a POST. */
const sign = ({ url, secret }: Caller, target: string, body: string): string => {
  const [head, tail] = partsToSign({ method: "POST", host: new URL(url).hostname, target, body })
  return createHmac("sha256", secret).update(head).update(tail).digest("base64")
}

/** A body for a person: one line for each record, as in the API's documentation. */
const pretty = (body: object): string =>
  JSON.stringify(body, null, 2).replaceAll(/\{[^{}]*\}/gu, (record) => record.replaceAll(/\s+/gu, " "))

const indent = (lines: ReadonlyArray<string>): string => lines.join("\n").replaceAll(/^(?=.)/gmu, "  ")

/** Sends a signed POST; answers what went out and what came back, for a person to read. Throws unless it was a 201. */
export const send = async (caller: Caller, target: string, body: object): Promise<string> => {
  const text = JSON.stringify(body)
  const signature = sign(caller, target, text)
  const response = await fetch(caller.url + target, {
    method: "POST",
    headers: { "X-Token": caller.token, "X-Signature": signature },
    body: text,
  })
  const answer = (await response.json()) as object
  if (response.status !== 201) throw new Error(`POST ${target} answered ${response.status}: ${JSON.stringify(answer)}`)
  return [
    `\n> POST ${target}`,
    indent([`X-Token: ${caller.token}`, `X-Signature: ${signature}`, pretty(body)]),
    `< ${response.status} ${response.statusText}`,
    indent([pretty(answer)]),
  ].join("\n")
}
