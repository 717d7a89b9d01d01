import { CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { layer } from "@phonebook/persistence"
import { Effect } from "effect"
import { credential } from "./units-of-work.ts"

/** One of so many power losses is followed by a start of the whole service, the others by SQLite's recovery alone. */
export const RESTARTS = 5

/**
 * Starts on a database as the service does, makes a write that nobody sees, reads the credential, whose secret wants the key
 * that lies beside the database, and stops. Fails where it cannot. `started` is called before anything is asked of the service.
 */
export const restart = (file: string, started = () => {}): Promise<void> =>
  UnitOfWork.use(({ read, ready }) =>
    Effect.sync(started).pipe(
      Effect.andThen(ready),
      Effect.andThen(read(CredentialRepository.use(({ find }) => find(credential.token)))),
    ),
  ).pipe(Effect.asVoid, Effect.provide(layer({ file })), Effect.runPromise)
