import { Effect } from "effect"
import type { Context } from "hono"
import type { Env } from "./answer.ts"
import { BadRequest } from "./failures.ts"

const utf8 = new TextDecoder("utf-8", { fatal: true })

type JsonObject = Readonly<Record<string, unknown>>

const parse = (bytes: Uint8Array): JsonObject | BadRequest => {
  if (bytes.length === 0) return new BadRequest({ reason: "The body is empty: send a JSON object" })
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    return new BadRequest({ reason: "The body is not UTF-8 (a compressed one is not read)" })
  }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject
    return new BadRequest({ reason: "The body is not a JSON object" })
  } catch {
    // The parser's own message quotes the body.
    return new BadRequest({ reason: "The body is not valid JSON" })
  }
}

/** The request's body as a JSON object, whatever its Content-Type says; of a key given twice the last one counts. */
export const jsonBody = (c: Context<Env>): Effect.Effect<JsonObject, BadRequest> =>
  Effect.suspend(() => {
    const parsed = parse(c.get("body"))
    return parsed instanceof BadRequest ? Effect.fail(parsed) : Effect.succeed(parsed)
  })
