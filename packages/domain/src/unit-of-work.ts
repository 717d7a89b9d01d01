import { Context, type Effect, Schema } from "effect"
import type { CredentialRepository } from "./account.ts"
import type { ClientRepository } from "./client.ts"
import type { IdempotencyRepository } from "./idempotency.ts"
import type { PhoneNumberRepository } from "./phone-number-repository.ts"

/** What a program may need while it runs in a unit of work. */
export type Repositories = CredentialRepository | ClientRepository | PhoneNumberRepository | IdempotencyRepository

/**
 * The store cannot answer now (overloaded, locked, full, closing); trying again may serve. Nothing was changed, unless the
 * reason says that only reading tells (a sync of the disk failed).
 */
export class Unavailable extends Schema.TaggedError<Unavailable>()("Unavailable", { reason: Schema.String }) {
  override get message() {
    return `The store is unavailable: ${this.reason}`
  }
}

export class UnitOfWork extends Context.Service<
  UnitOfWork,
  {
    /**
     * Runs a program atomically: all of its changes or, when the program fails, none. One at a time per client, so what it reads
     * stays true until it answers, and durable when it answers: the changes survive a crash of process and machine.
     * A program must not wait for anything but the repositories. A caller interrupted before the program's turn takes it
     * out of the queue; interrupted later, the work stands.
     */
    readonly run: <A, E>(program: Effect.Effect<A, E, Repositories>) => Effect.Effect<A, E | Unavailable>
    /** Succeeds unless nothing but a new start of the process helps any more. */
    readonly healthy: Effect.Effect<void, Unavailable>
    /** Succeeds when a write would be durable now, by making one that nobody sees. */
    readonly ready: Effect.Effect<void, Unavailable>
    /** Runs a program that only reads, on one consistent view of what is committed. Never waits for a writer. */
    readonly read: <A, E>(program: Effect.Effect<A, E, Repositories>) => Effect.Effect<A, E | Unavailable>
  }
>()("@phonebook/domain/UnitOfWork") {}
