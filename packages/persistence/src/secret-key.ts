import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject, randomBytes } from "node:crypto"
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { eq } from "drizzle-orm"
import { Redacted } from "effect"
import { isInMemory } from "./connection.ts"
import type { Database } from "./database.ts"
import { DatabaseUnusable } from "./database-unusable.ts"
import { moveDurably } from "./durable-file.ts"
import { credentials, settings } from "./tables.ts"

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
  const source = given === undefined ? keyFile : "PHONEBOOK_SECRET_KEY"
  const refuse = (reason: string): never => {
    throw new DatabaseUnusable({ file, reason })
  }

  // Two processes that start at once on a new database must not make a key each.
  return writer.transaction(() => {
    const hasCredentials = writer.orm.select({ id: credentials.id }).from(credentials).limit(1).get() !== undefined
    const find = () => {
      if (given !== undefined) return parseKey(Redacted.value(given))
      if (isInMemory(file)) return randomBytes(KEY_BYTES)
      if (existsSync(keyFile)) return parseKey(readFileSync(keyFile, "utf8"))
      if (!hasCredentials) return makeKeyFile(keyFile)
      return refuse(`the key of its stored secrets is missing: put ${keyFile} back, or set PHONEBOOK_SECRET_KEY`)
    }
    const bytes = find()
    if (bytes === undefined) return refuse(`${source} must hold 32 bytes, as 64 hexadecimal digits or as base64`)

    const fingerprint = createHash("sha256").update(bytes).digest("hex").slice(0, 16)
    const stored = writer.orm.select().from(settings).where(eq(settings.name, FINGERPRINT)).get()?.value
    if (hasCredentials && stored !== fingerprint)
      refuse(`${source} is not the key its stored secrets were encrypted with`)
    writer.orm
      .insert(settings)
      .values({ name: FINGERPRINT, value: fingerprint })
      .onConflictDoUpdate({ target: settings.name, set: { value: fingerprint } })
      .run()
    return createSecretKey(bytes)
  })
}

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
