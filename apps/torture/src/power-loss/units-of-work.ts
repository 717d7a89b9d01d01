import {
  type AccountId,
  type ClientId,
  createClients,
  createPhoneNumbers,
  type Credential,
  CredentialRepository,
  deletePhoneNumber,
  idempotent,
  type PhoneNumberId,
  type Repositories,
  UnitOfWork,
  updatePhoneNumber,
} from "@phonebook/domain"
import { Effect, Redacted } from "effect"
import { between, oneOf, type Random } from "../random.ts"
import type { Change } from "./history.ts"

/** Few, so that the fibers contend for their primaries. */
const CLIENTS = 5
const DEFAULT_COUNTRY_CODE = "1"

export const credential = { token: "p".repeat(32), secret: Redacted.make("l".repeat(40)) }

/** Whose clients they are. */
export const findOwner = Effect.gen(function* () {
  const { read } = yield* UnitOfWork
  return (yield* read(CredentialRepository.use(({ find }) => find(credential.token))))!
})

/** What a unit of work changed; null where it changed nothing. */
export type Unit = Effect.Effect<Change | null, never, Repositories>

/** The first unit of a database: the account and its clients. */
export const begin: Unit = Effect.gen(function* () {
  const accountId = yield* CredentialRepository.use(({ insert }) => insert(credential))
  const drafts = Array.from({ length: CLIENTS }, (_, index) => ({ name: `Client ${index}` }))
  const records = yield* createClients({ accountId, drafts, defaultCountryCode: DEFAULT_COUNTRY_CODE })
  return { kind: "began" as const, clientIds: records.map(({ client }) => client.id) }
}).pipe(Effect.orDie)

/**
 * One after the other, units that create numbers, some under a key and later repeated, and that update, delete and leave
 * alone what they created. `name` must not have been given before: keys and labels begin with it.
 */
export const makeUnits = (
  draw: Random,
  name: string,
  { accountId, id: credentialId }: Pick<Credential, "accountId" | "id">,
  clientIds: ReadonlyArray<ClientId>,
) => {
  const own: Array<{
    readonly accountId: AccountId
    readonly clientId: ClientId
    readonly phoneNumberId: PhoneNumberId
  }> = []
  const keys: Array<string> = []
  let count = 0

  const underKey = (key: string, program: Effect.Effect<Change, never, Repositories>): Unit =>
    idempotent(
      { credentialId, key, fingerprint: key },
      Effect.map(program, (change) => ({ answer: JSON.stringify(change), clientIds: [] })),
    ).pipe(
      Effect.map(({ answer, replayed }) => (replayed ? null : (JSON.parse(answer) as Change))),
      Effect.orDie,
    )

  const create = (): Unit => {
    const clientId = oneOf(draw, clientIds)
    const size = between(draw, 1, 5)
    const primary = oneOf(draw, [0, size - 1, null, null])
    const drafts = Array.from({ length: size }, (_, index) => ({
      label: `${name}.${count}.${index}`,
      number: `504-${between(draw, 200, 999)}-${between(draw, 1000, 9999)}`,
      isPrimary: index === primary ? true : null,
    }))
    const key = oneOf(draw, [`${name}.${count}`, null])
    const program = createPhoneNumbers({ accountId, clientId, drafts, defaultCountryCode: DEFAULT_COUNTRY_CODE }).pipe(
      Effect.map((phoneNumbers) => {
        for (const { id } of phoneNumbers) own.push({ accountId, clientId, phoneNumberId: id })
        if (key !== null) keys.push(key)
        return { kind: "created" as const, clientId, phoneNumbers, key }
      }),
      Effect.orDie,
    )
    return key === null ? program : underKey(key, program)
  }

  const repeat = (): Unit =>
    keys.length === 0 ? create() : underKey(oneOf(draw, keys), Effect.die(new Error("a repetition was carried out")))

  const change = (): Unit => {
    const key = oneOf(draw, own)
    const draft = { label: `${name}.${count}`, isPrimary: oneOf(draw, [true, null, null]) }
    return updatePhoneNumber({ ...key, draft, expected: null }).pipe(
      Effect.map((phoneNumber) => ({ kind: "updated" as const, clientId: key.clientId, phoneNumber })),
      Effect.orDie,
    )
  }

  const changeNothing = (): Unit =>
    updatePhoneNumber({ ...oneOf(draw, own), draft: {}, expected: null }).pipe(Effect.as(null), Effect.orDie)

  const remove = (): Unit => {
    const [key] = own.splice(between(draw, 0, own.length - 1), 1)
    return deletePhoneNumber({ ...key!, expected: null }).pipe(
      Effect.map((id) => ({ kind: "deleted" as const, clientId: key!.clientId, id })),
      Effect.orDie,
    )
  }

  return (): Unit => {
    count++
    return own.length < 3 ? create() : oneOf(draw, [create, create, change, change, changeNothing, remove, repeat])()
  }
}
