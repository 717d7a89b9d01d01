import {
  createPhoneNumbers as create,
  deletePhoneNumber as remove,
  findPhoneNumbers as find,
  listPhoneNumbers as list,
  showPhoneNumber as show,
  UnitOfWork,
  updatePhoneNumber as update,
} from "@phonebook/domain"
import { Effect } from "effect"
import { answerRecord, expectedVersions } from "../conditional.ts"
import { jsonBody } from "../json-body.ts"
import { clientIdOf, phoneNumberKeyOf } from "../path.ts"
import { linkOf, numberQueryOf, queryOf } from "../query.ts"
import type { Step } from "../run.ts"
import { created, phoneNumberBody, phoneNumberDraft, phoneNumberDrafts, phoneNumbersBody } from "../wire.ts"
import { idempotencyKeyOf, write } from "../write.ts"

/** Digits: what a number without a code is read under. */
interface Options {
  readonly defaultCountryCode: string
}

/** `POST /v9/clients/:client_id/phone_numbers` */
export const createPhoneNumbers = ({ defaultCountryCode }: Options): Step =>
  Effect.fnUntraced(function* (c) {
    const idempotencyKey = yield* idempotencyKeyOf(c)
    const body = yield* jsonBody(c)
    const clientId = yield* clientIdOf(c)
    const drafts = phoneNumberDrafts(body.phone_numbers)
    const program = create({ accountId: c.get("accountId"), clientId, drafts, defaultCountryCode })
    return yield* write(
      c,
      idempotencyKey,
      Effect.map(program, (phoneNumbers) => ({
        answer: { status: 201, body: phoneNumbersBody(created(phoneNumbers)) },
        clientIds: [clientId],
      })),
    )
  })

/** `GET /v9/clients/:client_id/phone_numbers` */
export const listPhoneNumbers = ({ defaultCountryCode }: Options): Step =>
  Effect.fnUntraced(function* (c) {
    const clientId = yield* clientIdOf(c)
    const query = queryOf(c, defaultCountryCode)
    const unitOfWork = yield* UnitOfWork
    const listed = yield* unitOfWork.read(list({ accountId: c.get("accountId"), clientId, query }))
    return { status: 200, body: phoneNumbersBody(listed), headers: { link: linkOf(c, listed) } }
  })

/** `GET /v9/phone_numbers?number=…` */
export const findPhoneNumbers = ({ defaultCountryCode }: Options): Step =>
  Effect.fnUntraced(function* (c) {
    const query = yield* Effect.fromResult(numberQueryOf(c, defaultCountryCode))
    const unitOfWork = yield* UnitOfWork
    const listed = yield* unitOfWork.read(find({ accountId: c.get("accountId"), query }))
    return { status: 200, body: phoneNumbersBody(listed), headers: { link: linkOf(c, listed) } }
  })

/** `GET /v9/clients/:client_id/phone_numbers/:id` */
export const showPhoneNumber: Step = Effect.fnUntraced(function* (c) {
  const key = yield* phoneNumberKeyOf(c)
  const unitOfWork = yield* UnitOfWork
  const phoneNumber = yield* unitOfWork.read(show(key))
  return answerRecord(c, phoneNumber, phoneNumberBody(phoneNumber))
})

/** `PUT /v9/clients/:client_id/phone_numbers/:id` */
export const updatePhoneNumber: Step = Effect.fnUntraced(function* (c) {
  const idempotencyKey = yield* idempotencyKeyOf(c)
  const draft = phoneNumberDraft(yield* jsonBody(c))
  const key = yield* phoneNumberKeyOf(c)
  const program = update({ ...key, draft, expected: expectedVersions(c) })
  return yield* write(
    c,
    idempotencyKey,
    Effect.map(program, (phoneNumber) => ({
      answer: answerRecord(c, phoneNumber, phoneNumberBody(phoneNumber)),
      clientIds: [key.clientId],
    })),
  )
})

/** `DELETE /v9/clients/:client_id/phone_numbers/:id` */
export const deletePhoneNumber: Step = Effect.fnUntraced(function* (c) {
  const idempotencyKey = yield* idempotencyKeyOf(c)
  const key = yield* phoneNumberKeyOf(c)
  const program = remove({ ...key, expected: expectedVersions(c) })
  return yield* write(
    c,
    idempotencyKey,
    Effect.map(program, (id) => ({
      answer: { status: 200, body: { phone_numbers: [{ id }] } },
      clientIds: [key.clientId],
    })),
  )
})
