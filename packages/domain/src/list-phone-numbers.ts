import { Effect, type Result } from "effect"
import type { AccountId, ClientId } from "./id.ts"
import { ClientRepository } from "./client.ts"
import type { Condition, Listed, Page } from "./listing.ts"
import { PhoneNumberRepository, type Scope } from "./phone-number-repository.ts"
import type { PhoneNumber } from "./phone-number.ts"

/** What is asked of a list. */
export interface Query {
  readonly page: Page
  readonly conditions: ReadonlyArray<Condition>
}

/**
 * A page of a client's phone numbers. Without a condition the total is the client's counter; what a list costs never
 * depends on other clients' numbers.
 *
 * @param request.query the query or why it could not be read: a client that is not there is reported before that.
 */
export const listPhoneNumbers = Effect.fnUntraced(function* <E>(request: {
  readonly accountId: AccountId
  readonly clientId: ClientId
  readonly query: Result.Result<Query, E>
}) {
  const client = yield* (yield* ClientRepository).summary(request.accountId, request.clientId)
  const query = yield* Effect.fromResult(request.query)
  const total = query.conditions.length === 0 ? client.phoneNumberCount : null
  return yield* listed({ clientId: client.id }, query, total)
})

/** A page of the phone numbers of all clients of an account that satisfy the conditions: whose number is this? */
export const findPhoneNumbers = (request: { readonly accountId: AccountId; readonly query: Query }) =>
  listed({ accountId: request.accountId }, request.query, null)

const listed = Effect.fnUntraced(function* (scope: Scope, { page, conditions }: Query, total: number | null) {
  const phoneNumbers = yield* PhoneNumberRepository
  const entries = yield* phoneNumbers.page(scope, conditions, page)
  const list: Listed<PhoneNumber> = {
    ...page,
    entries,
    total: total ?? (yield* phoneNumbers.count(scope, conditions)),
  }
  return list
})
