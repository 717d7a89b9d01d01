import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import {
  type AccountId,
  type ClientId,
  ClientRepository,
  CredentialRepository,
  type NewPhoneNumber,
  PhoneNumberRepository,
} from "@phonebook/domain"
import { Effect, Layer, Redacted } from "effect"
import { assert } from "@effect/vitest"
import { layer, type StoreFigures, type StoreObserver } from "../src/index.ts"
import type { Pace } from "../src/pace.ts"

export const SECRET = Redacted.make("s".repeat(40))

export const token = (letter: string): string => letter.repeat(32)

/** The path of a database in a folder of its own, which goes when the scope closes. */
export const temporaryFile = Effect.map(
  Effect.acquireRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "phonebook-"))),
    (folder) => Effect.sync(() => rmSync(folder, { recursive: true })),
  ),
  (folder) => join(folder, "phonebook.db"),
)

/** Programs that come at once run in one turn, however slow the machine is. */
const ONE_TURN: Partial<Pace> = { turnMillis: Infinity, gatheringMillis: Infinity }

/** A new layer on a new file; `it.effect` wants one per test. */
export const fileLayer = (options: { readonly observe?: StoreObserver; readonly pace?: Partial<Pace> } = {}) =>
  Layer.unwrap(Effect.map(temporaryFile, (file) => layer({ file, pace: ONE_TURN, ...options })))

/** An observer, and what it has seen. */
export const observed = () => {
  const commits: Array<readonly [programs: number, seconds: number]> = []
  const seen = { commits, figures: (): StoreFigures => assert.fail("not given") }
  const observe: StoreObserver = {
    committed: (programs, seconds) => void commits.push([programs, seconds]),
    watch: (figures) => void (seen.figures = figures),
  }
  return { seen, observe }
}

export const newPhoneNumber = (changes: Partial<NewPhoneNumber> = {}): NewPhoneNumber => ({
  label: "home",
  countryCode: "1",
  number: "504-555-0123",
  rawNumber: "5550123",
  extension: null,
  e164: "+15045550123",
  typed: "(504) 555-0123",
  isPrimary: false,
  ...changes,
})

export const insertAccount = (letter = "a") =>
  CredentialRepository.use((credentials) => credentials.insert({ token: token(letter), secret: SECRET }))

export const insertClient = Effect.fnUntraced(function* (accountId: AccountId) {
  const clients = yield* ClientRepository
  return yield* clients.insert(accountId, { name: "Ada Lovelace", updatedAt: 1000 })
})

/** A new account with one client. */
export const givenClient = Effect.gen(function* () {
  const accountId = yield* insertAccount()
  const { id } = yield* insertClient(accountId)
  return { accountId, id }
})

export const insertPhoneNumber = (clientId: ClientId, changes: Partial<NewPhoneNumber> = {}) =>
  PhoneNumberRepository.use((phoneNumbers) => phoneNumbers.insert(clientId, [newPhoneNumber(changes)], 2000))

/** Up to a thousand numbers of a client. */
export const phoneNumbersOf = (clientId: ClientId) =>
  PhoneNumberRepository.use((phoneNumbers) => phoneNumbers.page({ clientId }, [], { page: 1, perPage: 1000 }))

/** Makes a number the primary in place of a former one: read, demote, insert. */
export const insertPrimary = Effect.fnUntraced(function* (accountId: AccountId, clientId: ClientId) {
  const clients = yield* ClientRepository
  const phoneNumbers = yield* PhoneNumberRepository
  const { primaryPhoneNumberId } = yield* clients.summary(accountId, clientId)
  if (primaryPhoneNumberId !== null) yield* phoneNumbers.demote(primaryPhoneNumberId, 3000)
  return yield* insertPhoneNumber(clientId, { isPrimary: true })
})
