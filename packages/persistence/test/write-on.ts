import { AccountId, ClientId, UnitOfWork } from "@phonebook/domain"
import { Effect, ManagedRuntime } from "effect"
import { layer } from "../src/index.ts"
import { insertPhoneNumber, insertPrimary } from "./fixtures.ts"

// A process that writes to the database of its argument until it is told to end, and says a word after every commit.

const client = ClientId.make(1)
const write = Effect.forever(
  Effect.gen(function* () {
    const { run } = yield* UnitOfWork
    yield* run(insertPhoneNumber(client))
    yield* run(insertPrimary(AccountId.make(1), client))
    process.stdout.write("committed\n")
  }),
)

const runtime = ManagedRuntime.make(layer({ file: process.argv[2]! }))
const writing = runtime.runFork(write)
process.once("SIGTERM", () => {
  writing.interruptUnsafe()
  void runtime.dispose()
})
