import { layer } from "../src/index.ts"
import { clientRepositoryContract } from "./contract/client-repository.ts"
import { concurrencyContract } from "./contract/concurrency.ts"
import { credentialRepositoryContract } from "./contract/credential-repository.ts"
import { idempotencyRepositoryContract } from "./contract/idempotency-repository.ts"
import { phoneNumberListsContract } from "./contract/phone-number-lists.ts"
import { phoneNumberRepositoryContract } from "./contract/phone-number-repository.ts"
import { unitOfWorkContract } from "./contract/unit-of-work.ts"
import { fileLayer } from "./fixtures.ts"

for (const contract of [
  credentialRepositoryContract,
  clientRepositoryContract,
  phoneNumberRepositoryContract,
  phoneNumberListsContract,
  idempotencyRepositoryContract,
  unitOfWorkContract,
  concurrencyContract,
]) {
  contract("SQLite in a file", fileLayer)
  contract("SQLite in memory", () => layer({ file: ":memory:" }))
}
