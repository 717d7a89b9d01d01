import {
  ClientId,
  ClientNotFound,
  ClientRepository,
  excerpt,
  PhoneNumberId,
  PhoneNumberNotFound,
  UnitOfWork,
} from "@phonebook/domain"
import { Effect } from "effect"
import type { Context } from "hono"
import type { Env } from "./answer.ts"

const idOf = (text: string): number | null => {
  const id = /^[1-9]\d{0,15}$/u.test(text) ? Number(text) : Number.NaN
  return Number.isSafeInteger(id) ? id : null
}

/** The client's id in the path; one that is no id is the id of nobody. */
export const clientIdOf = (c: Context<Env>): Effect.Effect<ClientId, ClientNotFound> => {
  const text = c.req.param("client_id") ?? ""
  const id = idOf(text)
  return id === null ? Effect.fail(new ClientNotFound({ clientId: excerpt(text) })) : Effect.succeed(ClientId.make(id))
}

/**
 * The ids of client and phone number in the path. A phone number's id that is no integer is not found, as any other; but
 * only once the client is seen to be the caller's.
 */
export const phoneNumberKeyOf = Effect.fnUntraced(function* (c: Context<Env>) {
  const accountId = c.get("accountId")
  const clientId = yield* clientIdOf(c)
  const text = c.req.param("id") ?? ""
  const id = idOf(text)
  if (id === null) {
    const unitOfWork = yield* UnitOfWork
    yield* unitOfWork.read(ClientRepository.use((clients) => clients.find(accountId, clientId)))
    return yield* new PhoneNumberNotFound({ phoneNumberId: excerpt(text) })
  }
  return { accountId, clientId, phoneNumberId: PhoneNumberId.make(id) }
})
