import { createClients as create, showClient as show, UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import { jsonBody } from "../json-body.ts"
import { clientIdOf } from "../path.ts"
import type { Step } from "../run.ts"
import { clientBody, clientDrafts, created } from "../wire.ts"

/** `POST /v9/clients` */
export const createClients = ({ defaultCountryCode }: { readonly defaultCountryCode: string }): Step =>
  Effect.fnUntraced(function* (c) {
    const body = yield* jsonBody(c)
    const unitOfWork = yield* UnitOfWork
    const clients = yield* unitOfWork.run(
      create({ accountId: c.get("accountId"), drafts: clientDrafts(body.clients), defaultCountryCode }),
    )
    return { status: 201, body: created("clients", clients.map(clientBody)) }
  })

/** `GET /v9/clients/:client_id` */
export const showClient: Step = Effect.fnUntraced(function* (c) {
  const clientId = yield* clientIdOf(c)
  const unitOfWork = yield* UnitOfWork
  const record = yield* unitOfWork.read(show({ accountId: c.get("accountId"), clientId }))
  return { status: 200, body: clientBody(record) }
})
