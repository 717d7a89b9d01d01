import { Context, Data, type Effect, type Redacted } from "effect"
import type { AccountId, CredentialId } from "./id.ts"

/** A token and the secret that signs with it, on behalf of one account. */
export interface Credential {
  readonly id: CredentialId
  readonly accountId: AccountId
  /** 32 characters of `[A-Za-z0-9]`: client libraries refuse any other. */
  readonly token: string
  /** 40 printable characters without a space: client libraries refuse any other. */
  readonly secret: Redacted.Redacted<string>
}

const TOKEN = /^[A-Za-z0-9]{32}$/u
const SECRET = /^[!-~]{40}$/u

/** What a list of credentials shows: never a secret. Times in Unix seconds. */
export interface CredentialSummary {
  readonly accountId: AccountId
  readonly token: string
  readonly createdAt: number
  readonly revokedAt: number | null
}

/** Whether a text has the shape of a token. */
export const isToken = (text: string): boolean => TOKEN.test(text)

/** Whether a text has the shape of a secret. */
export const isSecret = (text: string): boolean => SECRET.test(text)

export class AccountNotFound extends Data.TaggedError("AccountNotFound")<{ readonly accountId: AccountId }> {
  override get message() {
    return `There is no account ${this.accountId}`
  }
}

export class TokenTaken extends Data.TaggedError("TokenTaken") {
  override get message() {
    return "There is a credential with this token already"
  }
}

export class CredentialRepository extends Context.Service<
  CredentialRepository,
  {
    /** The credential of this token, or null where there is none that counts (unknown, revoked). */
    readonly find: (token: string) => Effect.Effect<Credential | null>
    /** Whether any credential was ever made in this store. */
    readonly any: Effect.Effect<boolean>
    /** Stores a credential, for a new account unless it names one. Fails with AccountNotFound, TokenTaken. */
    readonly insert: (
      credential: Pick<Credential, "token" | "secret"> & { readonly accountId?: AccountId },
    ) => Effect.Effect<AccountId, AccountNotFound | TokenTaken>
    /** Every credential, the revoked ones too, in the order they were made. */
    readonly list: Effect.Effect<ReadonlyArray<CredentialSummary>>
    /** From now on `find` answers null for it; revoking twice changes nothing. Whether there is such a credential. */
    readonly revoke: (token: string) => Effect.Effect<boolean>
  }
>()("@phonebook/domain/CredentialRepository") {}
