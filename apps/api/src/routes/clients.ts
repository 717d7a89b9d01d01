import {
  createClients as create,
  listClients as list,
  showClient as show,
  UnitOfWork,
  updateClient as update,
} from "@phonebook/domain"
import { Effect } from "effect"
import { answerRecord, expectedVersions } from "../conditional.ts"
import { jsonBody } from "../json-body.ts"
import { clientIdOf } from "../path.ts"
import { linkOf, pageOf } from "../query.ts"
import type { Step } from "../run.ts"
import { clientBody, clientDraft, clientDrafts, clientsBody, created } from "../wire.ts"
import { idempotencyKeyOf, write } from "../write.ts"

/** `POST /v9/clients` */
export const createClients = ({ defaultCountryCode }: { readonly defaultCountryCode: string }): Step =>
  Effect.fnUntraced(function* (c) {
    const idempotencyKey = yield* idempotencyKeyOf(c)
    const body = yield* jsonBody(c)
    const drafts = clientDrafts(body.clients)
    const program = create({ accountId: c.get("accountId"), drafts, defaultCountryCode })
    return yield* write(
      c,
      idempotencyKey,
      Effect.map(program, (records) => ({
        answer: { status: 201, body: clientsBody(created(records)) },
        clientIds: records.map(({ client }) => client.id),
      })),
    )
  })

/** `GET /v9/clients` */
export const listClients: Step = Effect.fnUntraced(function* (c) {
  const page = yield* Effect.fromResult(pageOf(c))
  const unitOfWork = yield* UnitOfWork
  const listed = yield* unitOfWork.read(list({ accountId: c.get("accountId"), page }))
  return { status: 200, body: clientsBody(listed), headers: { link: linkOf(c, listed) } }
})

/** `GET /v9/clients/:client_id` */
export const showClient: Step = Effect.fnUntraced(function* (c) {
  const clientId = yield* clientIdOf(c)
  const unitOfWork = yield* UnitOfWork
  const record = yield* unitOfWork.read(show({ accountId: c.get("accountId"), clientId }))
  return answerRecord(c, record.client, clientBody(record))
})

/** `PUT /v9/clients/:client_id` */
export const updateClient: Step = Effect.fnUntraced(function* (c) {
  const idempotencyKey = yield* idempotencyKeyOf(c)
  const draft = clientDraft(yield* jsonBody(c))
  const clientId = yield* clientIdOf(c)
  const program = update({ accountId: c.get("accountId"), clientId, draft, expected: expectedVersions(c) })
  return yield* write(
    c,
    idempotencyKey,
    Effect.map(program, (record) => ({
      answer: answerRecord(c, record.client, clientBody(record)),
      clientIds: [clientId],
    })),
  )
})
