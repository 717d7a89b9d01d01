import { Context, type Effect, type Redacted, Schema } from "effect"

/** An account owns clients and credentials, and sees nothing of any other account. */
export const AccountId = Schema.Int.pipe(Schema.brand("AccountId"))
export type AccountId = typeof AccountId.Type

/** A token and the secret that signs with it, on behalf of one account. */
export interface Credential {
  readonly accountId: AccountId
  /** 32 characters of `[A-Za-z0-9]`: client libraries refuse any other. */
  readonly token: string
  /** 40 printable characters without a space: client libraries refuse any other. */
  readonly secret: Redacted.Redacted<string>
}

const TOKEN = /^[A-Za-z0-9]{32}$/u
const SECRET = /^[!-~]{40}$/u

/** Whether a text has the shape of a token. */
export const isToken = (text: string): boolean => TOKEN.test(text)

/** Whether a text has the shape of a secret. */
export const isSecret = (text: string): boolean => SECRET.test(text)

export class CredentialRepository extends Context.Service<
  CredentialRepository,
  {
    /** The credential of this token, or null where there is none that counts (unknown, revoked). */
    readonly find: (token: string) => Effect.Effect<Credential | null>
    /** Whether any credential was ever made in this store. */
    readonly any: Effect.Effect<boolean>
    /** Makes a new account with this one credential. */
    readonly insert: (credential: Omit<Credential, "accountId">) => Effect.Effect<AccountId>
  }
>()("@phonebook/domain/CredentialRepository") {}
