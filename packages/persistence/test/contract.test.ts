import { layer } from "../src/index.ts"
import { clientRepositoryContract } from "./contract/client-repository.ts"
import { credentialRepositoryContract } from "./contract/credential-repository.ts"
import { phoneNumberRepositoryContract } from "./contract/phone-number-repository.ts"
import { unitOfWorkContract } from "./contract/unit-of-work.ts"
import { fileLayer } from "./fixtures.ts"

for (const contract of [
  credentialRepositoryContract,
  clientRepositoryContract,
  phoneNumberRepositoryContract,
  unitOfWorkContract,
]) {
  contract("SQLite in a file", fileLayer)
  contract("SQLite in memory", () => layer({ file: ":memory:" }))
}
