import { createPhoneNumbers as create, UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import { clientIdOf } from "../path.ts"
import { jsonBody } from "../json-body.ts"
import type { Step } from "../run.ts"
import { created, phoneNumberBody, phoneNumberDrafts } from "../wire.ts"

/** `POST /v9/clients/:client_id/phone_numbers` */
export const createPhoneNumbers = ({ defaultCountryCode }: { readonly defaultCountryCode: string }): Step =>
  Effect.fnUntraced(function* (c) {
    const body = yield* jsonBody(c)
    const clientId = yield* clientIdOf(c)
    const unitOfWork = yield* UnitOfWork
    const phoneNumbers = yield* unitOfWork.run(
      create({
        accountId: c.get("accountId"),
        clientId,
        drafts: phoneNumberDrafts(body.phone_numbers),
        defaultCountryCode,
      }),
    )
    return { status: 201, body: created("phone_numbers", phoneNumbers.map(phoneNumberBody)) }
  })
