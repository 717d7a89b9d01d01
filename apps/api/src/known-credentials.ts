import { createSecretKey, type KeyObject } from "node:crypto"
import { type Credential, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Effect, Redacted } from "effect"

/** How long a credential counts without another look, in milliseconds: so soon, at the latest, a revocation acts. */
const FRESH = 500
/** Most credentials that are remembered: more than any service has callers at a time. */
const MAX_KNOWN = 1000

/** A credential with its secret at hand. */
export interface KnownCredential extends Pick<Credential, "id" | "accountId"> {
  readonly secret: string
  /** The secret as the HMAC takes it fastest. */
  readonly key: KeyObject
}

/** Looks credentials up by their token; null for one that there is not. What was found is remembered for a moment. */
export const makeLookUp = () => {
  const known = new Map<string, { readonly until: number; readonly credential: KnownCredential }>()

  return Effect.fnUntraced(function* (token: string) {
    const remembered = known.get(token)
    if (remembered !== undefined && performance.now() < remembered.until) return remembered.credential
    known.delete(token)
    const { read } = yield* UnitOfWork
    const found = yield* read(CredentialRepository.use((credentials) => credentials.find(token)))
    if (found === null) return null
    const secret = Redacted.value(found.secret)
    const credential: KnownCredential = {
      id: found.id,
      accountId: found.accountId,
      secret,
      key: createSecretKey(Buffer.from(secret)),
    }
    if (known.size >= MAX_KNOWN) known.clear()
    known.set(token, { until: performance.now() + FRESH, credential })
    return credential
  })
}
