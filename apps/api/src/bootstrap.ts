import { randomInt } from "node:crypto"
import { closeSync, fsyncSync, openSync, rmSync, writeSync } from "node:fs"
import { dirname } from "node:path"
import { type Credential, CredentialRepository, UnitOfWork } from "@phonebook/domain"
import { Data, Effect, Redacted } from "effect"
import { demoCredential } from "./demo-credential.ts"

export class DemoDatabase extends Data.TaggedError("DemoDatabase")<{ readonly message: string }> {}

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
const random = (length: number): string => Array.from({ length }, () => ALPHABET[randomInt(ALPHABET.length)]).join("")

type TokenAndSecret = Pick<Credential, "token" | "secret">

/** A token and a secret that nobody can guess. */
export const randomCredential = (): TokenAndSecret => ({ token: random(32), secret: Redacted.make(random(40)) })

/** Readable by its owner alone, and on the disk, its name too, before the credential counts. */
const writeCredentialFile = (path: string, { token, secret }: TokenAndSecret): void => {
  const file = openSync(path, "wx", 0o600)
  writeSync(file, `PHONEBOOK_TOKEN=${token}\nPHONEBOOK_SECRET=${Redacted.value(secret)}\n`)
  fsyncSync(file)
  closeSync(file)
  const folder = openSync(dirname(path), "r")
  fsyncSync(folder)
  closeSync(folder)
}

/** Stores the first credential, in its file too where it is to have one; false where another process was faster. */
const insertFirst = Effect.fnUntraced(function* (credential: TokenAndSecret, path: string, toFile: boolean) {
  const credentials = yield* CredentialRepository
  if (yield* credentials.any) return false
  // One that was left over is of a start that failed, and opens nothing.
  rmSync(path, { force: true })
  if (toFile) writeCredentialFile(path, credential)
  yield* credentials.insert(credential)
  return true
})

export interface BootstrapOptions {
  readonly database: string
  /** The first credential; a random one where there is none. */
  readonly given: TokenAndSecret | undefined
  /** Whether a person reads what is printed: then a random credential is shown, once; else it goes to a file. */
  readonly terminal: boolean
}

/**
 * Sees to it that the database has a credential, and not the demo's.
 *
 * @returns lines for the operator, none where the database has one already.
 */
export const bootstrap = Effect.fnUntraced(function* ({ database, given, terminal }: BootstrapOptions) {
  const unitOfWork = yield* UnitOfWork
  const read = <A>(ask: (credentials: CredentialRepository["Service"]) => Effect.Effect<A>) =>
    unitOfWork.read(CredentialRepository.use(ask))
  if ((yield* read(({ find }) => find(demoCredential.token))) !== null)
    return yield* new DemoDatabase({
      message: `${database} holds the demo's credential, which everybody knows: choose another file with PHONEBOOK_DATABASE`,
    })
  if (yield* read(({ any }) => any)) return []

  const credential = given ?? randomCredential()
  const path = `${database}.credential`
  const toFile = given === undefined && !terminal
  if (!(yield* unitOfWork.run(insertFirst(credential, path, toFile)))) return []
  if (given !== undefined) return ["The first credential is the one of PHONEBOOK_BOOTSTRAP_TOKEN"]
  if (toFile) return [`The first credential is in ${path}`]
  return [
    "The first credential, shown this once:",
    `  token   ${credential.token}`,
    `  secret  ${Redacted.value(credential.secret)}`,
  ]
})
