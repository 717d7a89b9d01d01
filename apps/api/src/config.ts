import { isCallingCode, isSecret, isToken } from "@phonebook/domain"
import { Config, Data, Effect, Redacted } from "effect"
import { demoCredential } from "./demo-credential.ts"
import { isLogLevel, type LogLevel } from "./log.ts"
import { isLoopback } from "./guards/loopback.ts"

/** A value of the environment that cannot be used: one clear line, naming it. */
export class SettingInvalid extends Data.TaggedError("SettingInvalid")<{ readonly message: string }> {}

export interface Settings {
  readonly host: string
  /** 0 takes any free port. */
  readonly port: number
  /** Path of the SQLite file. */
  readonly database: string
  readonly secretKey: Redacted.Redacted<string> | undefined
  /** Digits only. */
  readonly defaultCountryCode: string
  readonly basicAuth: boolean
  /** Further host names that a caller may have signed, behind a proxy that rewrites Host. */
  readonly hosts: ReadonlyArray<string>
  readonly logLevel: LogLevel
  /** The first credential of a database that has none. */
  readonly bootstrap: { readonly token: string; readonly secret: Redacted.Redacted<string> } | undefined
}

/** The text of a variable; unset and blank are the same. */
const text = (name: string) =>
  Config.String(name).pipe(
    Config.withDefault(""),
    Config.map((value) => value.trim()),
  )

const variables = Config.all({
  host: text("HOST"),
  database: text("PHONEBOOK_DATABASE"),
  secretKey: text("PHONEBOOK_SECRET_KEY"),
  defaultCountryCode: text("PHONEBOOK_DEFAULT_COUNTRY_CODE"),
  basicAuth: text("PHONEBOOK_BASIC_AUTH"),
  hosts: text("PHONEBOOK_HOSTS"),
  logLevel: text("LOG_LEVEL"),
  bootstrapToken: text("PHONEBOOK_BOOTSTRAP_TOKEN"),
  bootstrapSecret: text("PHONEBOOK_BOOTSTRAP_SECRET"),
})

const refuse = (name: string, expected: string) => new SettingInvalid({ message: `${name} must be ${expected}` })

/** The port of the environment. */
export const portSetting = Effect.gen(function* () {
  const given = yield* text("PORT")
  const port = Number(given || "3000")
  if (!/^\d{0,5}$/u.test(given) || port > 65_535) return yield* refuse("PORT", "a port number from 0 to 65535")
  return port
})

/** The settings of the environment, checked, with their defaults. Secrets are never repeated in an error. */
export const settings = Effect.gen(function* () {
  const given = yield* variables
  const host = given.host || "127.0.0.1"

  const port = yield* portSetting

  const database = given.database || "data/phonebook.db"
  // SQLite would take the first two for names of its own: nothing would be kept, or not there.
  if (/^:memory:|^file:|\/$/u.test(database))
    return yield* refuse("PHONEBOOK_DATABASE", "the path of a file, such as data/phonebook.db")

  const defaultCountryCode = given.defaultCountryCode.replace(/^\+/u, "") || "1"
  if (!isCallingCode(defaultCountryCode))
    return yield* refuse("PHONEBOOK_DEFAULT_COUNTRY_CODE", "a country calling code, such as 1 or 44")

  if (!["", "on", "off"].includes(given.basicAuth)) return yield* refuse("PHONEBOOK_BASIC_AUTH", "on or off")
  const basicAuth = given.basicAuth === "" ? isLoopback(host) : given.basicAuth === "on"

  const hosts = given.hosts.split(",").map((name) => name.trim())
  if (hosts.some((name) => /[\s/]/u.test(name)))
    return yield* refuse(
      "PHONEBOOK_HOSTS",
      "host names separated by commas, such as api.example.com,phonebook.example.com:8443",
    )

  const logLevel = given.logLevel || "info"
  if (!isLogLevel(logLevel)) return yield* refuse("LOG_LEVEL", "debug, info, warn, error or silent")

  if (given.bootstrapToken === demoCredential.token)
    return yield* refuse("PHONEBOOK_BOOTSTRAP_TOKEN", "another than the demo's, which everybody knows")
  if ((given.bootstrapToken === "") !== (given.bootstrapSecret === ""))
    return yield* refuse("PHONEBOOK_BOOTSTRAP_TOKEN", "set together with PHONEBOOK_BOOTSTRAP_SECRET")
  if (given.bootstrapToken !== "" && !isToken(given.bootstrapToken))
    return yield* refuse("PHONEBOOK_BOOTSTRAP_TOKEN", "32 letters and digits")
  if (given.bootstrapSecret !== "" && !isSecret(given.bootstrapSecret))
    return yield* refuse("PHONEBOOK_BOOTSTRAP_SECRET", "40 printable characters without a space")

  return {
    host,
    port,
    database,
    secretKey: given.secretKey === "" ? undefined : Redacted.make(given.secretKey),
    defaultCountryCode,
    basicAuth,
    hosts: hosts.filter((name) => name !== ""),
    logLevel,
    bootstrap:
      given.bootstrapToken === ""
        ? undefined
        : { token: given.bootstrapToken, secret: Redacted.make(given.bootstrapSecret) },
  } satisfies Settings
})
