import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import type Sqlite from "better-sqlite3"
import { Redacted } from "effect"
import { isInMemory } from "./connection.ts"
import type { Database } from "./database.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { moveDurably } from "./durable-file.ts"
import { settings } from "./tables.ts"

const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16
const FINGERPRINT = "secret_key_fingerprint"

/** Encrypts a credential's secret, bound to its token: moved to another row it cannot be read. */
export const encryptSecret = (key: KeyObject, token: string, secret: Redacted.Redacted<string>): Buffer => {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(token))
  const encrypted = Buffer.concat([cipher.update(Redacted.value(secret), "utf8"), cipher.final()])
  return Buffer.concat([nonce, cipher.getAuthTag(), encrypted])
}

/** @throws Error for anything that `encryptSecret` did not make with this key and token. */
export const decryptSecret = (key: KeyObject, token: string, stored: Buffer): Redacted.Redacted<string> => {
  const encrypted = stored.subarray(NONCE_BYTES + TAG_BYTES)
  const decipher = createDecipheriv("aes-256-gcm", key, stored.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(token))
    .setAuthTag(stored.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
  return Redacted.make(decipher.update(encrypted, undefined, "utf8") + decipher.final("utf8"))
}

/**
 * The key that encrypts stored secrets: the one given (32 bytes as 64 hexadecimal digits or as base64), else the one in
 * `<file>.key`, which is made for a database without credentials.
 *
 * @throws DatabaseUnusable for a text that is no key, and for a key that is absent or not the one of the credentials.
 */
export const openSecretKey = (
  database: Database["Service"],
  given: Redacted.Redacted<string> | undefined,
): KeyObject => {
  const { file, writer } = database
  const keyFile = `${file}.key`
  const refuse = (reason: string): never => {
    throw new DatabaseUnusable({ file, reason })
  }

  // Two processes that start at once on a new database must not make a key each.
  return writer.transaction(() => {
    const trouble = keyTrouble(writer.sqlite, file, given)
    if (trouble !== null) refuse(trouble)
    const find = () => {
      if (given !== undefined) return parseKey(Redacted.value(given))
      if (isInMemory(file)) return randomBytes(KEY_BYTES)
      return existsSync(keyFile) ? parseKey(readFileSync(keyFile, "utf8")) : makeKeyFile(keyFile)
    }
    const bytes = find()
    if (bytes === undefined) return refuse(noKey(keySource(file, given)))
    writer.orm
      .insert(settings)
      .values({ name: FINGERPRINT, value: fingerprint(bytes) })
      .onConflictDoUpdate({ target: settings.name, set: { value: fingerprint(bytes) } })
      .run()
    return createSecretKey(bytes)
  })
}

/** Why the key at hand cannot read the secrets that a database holds; null where it can, or where it holds none. */
export const keyTrouble = (
  sqlite: Sqlite.Database,
  file: string,
  given: Redacted.Redacted<string> | undefined,
): string | null => {
  if (sqlite.prepare("SELECT 1 FROM credentials LIMIT 1").get() === undefined) return null
  const source = keySource(file, given)
  if (given === undefined && !existsSync(source))
    return `the key of its stored secrets is missing: put ${source} back, or set PHONEBOOK_SECRET_KEY`
  const key = parseKey(given === undefined ? readFileSync(source, "utf8") : Redacted.value(given))
  if (key === undefined) return noKey(source)
  const stored = sqlite.prepare("SELECT value FROM settings WHERE name = ?").pluck().get(FINGERPRINT)
  return stored === fingerprint(key) ? null : `${source} is not the key its stored secrets were encrypted with`
}

/** Where the key of a database comes from: the name of a file or of a variable. */
export const keySource = (file: string, given: Redacted.Redacted<string> | undefined): string =>
  given === undefined ? `${file}.key` : "PHONEBOOK_SECRET_KEY"

const noKey = (source: string): string => `${source} must hold 32 bytes, as 64 hexadecimal digits or as base64`

/** Tells keys apart without telling them. */
const fingerprint = (key: Buffer): string => createHash("sha256").update(key).digest("hex").slice(0, 16)

const parseKey = (text: string): Buffer | undefined => {
  const key = text.trim()
  if (/^[0-9a-f]{64}$/iu.test(key)) return Buffer.from(key, "hex")
  return /^[A-Za-z0-9+/]{43}=?$/u.test(key) ? Buffer.from(key, "base64") : undefined
}

/** Safe on disk before anything is encrypted with it. */
const makeKeyFile = (keyFile: string): Buffer => {
  const bytes = randomBytes(KEY_BYTES)
  const unfinished = `${keyFile}.unfinished`
  rmSync(unfinished, { force: true })
  writeFileSync(unfinished, `${bytes.toString("hex")}\n`, { mode: 0o600, flag: "wx" })
  moveDurably(unfinished, keyFile)
  return bytes
}
