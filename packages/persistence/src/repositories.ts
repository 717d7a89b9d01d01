import type { KeyObject } from "node:crypto"
import {
  ClientRepository,
  CredentialRepository,
  IdempotencyRepository,
  PhoneNumberRepository,
  type Repositories,
} from "@phonebook/domain"
import { Context } from "effect"
import { clientRepository } from "./client-repository.ts"
import type { Connection } from "./connection.ts"
import { credentialRepository } from "./credential-repository.ts"
import { idempotencyRepository } from "./idempotency-repository.ts"
import { phoneNumberRepository } from "./phone-number-repository.ts"

/** Every repository on one connection, its queries prepared there once. */
export const repositories = (connection: Connection, key: KeyObject): Context.Context<Repositories> =>
  Context.make(CredentialRepository, credentialRepository(connection, key)).pipe(
    Context.add(ClientRepository, clientRepository(connection)),
    Context.add(PhoneNumberRepository, phoneNumberRepository(connection)),
    Context.add(IdempotencyRepository, idempotencyRepository(connection)),
  )
