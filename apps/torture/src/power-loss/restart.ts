import { CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { layer } from "@phonebook/persistence"
import { Effect } from "effect"
import type { Restart } from "./power-loss.ts"
import { credential } from "./units-of-work.ts"

/** Makes a write that nobody sees, and reads the credential, whose secret wants the key that lies beside the database. */
export const restart: Restart = (file) =>
  UnitOfWork.use(({ read, ready }) =>
    Effect.andThen(ready, read(CredentialRepository.use(({ find }) => find(credential.token)))),
  ).pipe(Effect.asVoid, Effect.provide(layer({ file })), Effect.runPromise)
