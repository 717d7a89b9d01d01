import { ClientId, ClientNotFound } from "@phonebook/domain"
import { Effect } from "effect"
import type { Context } from "hono"
import type { Env } from "./answer.ts"

/** Longer than any id: what is shown of one that cannot be. */
const MAX_ECHO_LENGTH = 64

const idOf = (text: string): number | null => {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(id) ? id : null
}

/** The client's id in the path; one that is no id is the id of nobody. */
export const clientIdOf = (c: Context<Env>): Effect.Effect<ClientId, ClientNotFound> => {
  const text = c.req.param("client_id") ?? ""
  const id = idOf(text)
  return id === null
    ? Effect.fail(new ClientNotFound({ clientId: text.slice(0, MAX_ECHO_LENGTH) }))
    : Effect.succeed(ClientId.make(id))
}
