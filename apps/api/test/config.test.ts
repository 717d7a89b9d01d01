import { assert, describe, it } from "@effect/vitest"
import { ConfigProvider, Effect, Redacted } from "effect"
import { settings } from "../src/config.ts"
import { isLoopback } from "../src/guards/loopback.ts"

const from = (environment: Record<string, string>) =>
  settings.pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromEnv({ env: environment }))))

const TOKEN = "a".repeat(32)
const SECRET = "s".repeat(40)

describe("settings", () => {
  it.effect("take no name for a database that SQLite does not take for a path", () =>
    Effect.gen(function* () {
      for (const name of [":memory:", "file:/data/x.db?mode=ro", "/data/"]) {
        const { message } = yield* Effect.flip(from({ PHONEBOOK_DATABASE: name }))
        assert.strictEqual(message, "PHONEBOOK_DATABASE must be the path of a file, such as data/phonebook.db")
      }
    }),
  )

  it.effect("have their documented defaults", () =>
    Effect.gen(function* () {
      assert.deepEqual(yield* from({}), {
        host: "127.0.0.1",
        port: 3000,
        database: "data/phonebook.db",
        secretKey: undefined,
        defaultCountryCode: "1",
        basicAuth: true,
        hosts: [],
        logLevel: "info",
        bootstrap: undefined,
      })
    }),
  )

  it.effect("take blank for unset", () =>
    Effect.gen(function* () {
      const names = ["HOST", "PORT", "PHONEBOOK_DATABASE", "PHONEBOOK_SECRET_KEY", "PHONEBOOK_DEFAULT_COUNTRY_CODE"]
      const others = ["PHONEBOOK_BASIC_AUTH", "PHONEBOOK_HOSTS", "LOG_LEVEL", "PHONEBOOK_BOOTSTRAP_TOKEN"]
      const blank = Object.fromEntries([...names, ...others].map((name) => [name, " "]))
      assert.deepEqual(yield* from(blank), yield* from({}))
    }),
  )

  it.effect("read every variable", () =>
    Effect.gen(function* () {
      const { bootstrap, secretKey, ...rest } = yield* from({
        HOST: "0.0.0.0",
        PORT: "0",
        PHONEBOOK_DATABASE: "/data/x.db",
        PHONEBOOK_SECRET_KEY: "key",
        PHONEBOOK_DEFAULT_COUNTRY_CODE: "+44",
        PHONEBOOK_BASIC_AUTH: "on",
        PHONEBOOK_HOSTS: " api.example.com, phonebook.example.com:8443 ,",
        LOG_LEVEL: "warn",
        PHONEBOOK_BOOTSTRAP_TOKEN: TOKEN,
        PHONEBOOK_BOOTSTRAP_SECRET: SECRET,
      })
      assert.deepEqual(rest, {
        host: "0.0.0.0",
        port: 0,
        database: "/data/x.db",
        defaultCountryCode: "44",
        basicAuth: true,
        hosts: ["api.example.com", "phonebook.example.com:8443"],
        logLevel: "warn",
      })
      assert.strictEqual(Redacted.value(secretKey!), "key")
      assert.strictEqual(bootstrap!.token, TOKEN)
      assert.strictEqual(Redacted.value(bootstrap!.secret), SECRET)
    }),
  )

  it.effect.each([
    ["127.0.0.1", "", true],
    ["127.0.0.2", "", true],
    ["localhost", "", true],
    ["::1", "", true],
    ["0.0.0.0", "", false],
    ["::", "", false],
    ["192.168.1.2", "", false],
    ["phonebook.example.com", "", false],
    ["0.0.0.0", "on", true],
    ["127.0.0.1", "off", false],
  ] as const)("bound to %s, with PHONEBOOK_BASIC_AUTH=%s: Basic is %s", ([HOST, PHONEBOOK_BASIC_AUTH, expected]) =>
    Effect.gen(function* () {
      assert.strictEqual((yield* from({ HOST, PHONEBOOK_BASIC_AUTH })).basicAuth, expected)
    }),
  )

  it.effect.each([
    ["PORT", "65536"],
    ["PORT", "-1"],
    ["PORT", "3000.5"],
    ["PORT", "0x50"],
    ["PORT", "1e3"],
    ["PORT", "http"],
    ["PHONEBOOK_DEFAULT_COUNTRY_CODE", "999"],
    ["PHONEBOOK_DEFAULT_COUNTRY_CODE", "US"],
    ["PHONEBOOK_DEFAULT_COUNTRY_CODE", "++1"],
    ["PHONEBOOK_BASIC_AUTH", "true"],
    ["PHONEBOOK_BASIC_AUTH", "ON"],
    ["PHONEBOOK_HOSTS", "http://api.example.com"],
    ["PHONEBOOK_HOSTS", "a b"],
    ["LOG_LEVEL", "verbose"],
    ["PHONEBOOK_BOOTSTRAP_TOKEN", TOKEN],
    ["PHONEBOOK_BOOTSTRAP_SECRET", SECRET],
  ] as const)("refuse %s=%s in one line that names it", ([name, value]) =>
    Effect.gen(function* () {
      const { _tag, message } = yield* Effect.flip(from({ [name]: value }))
      assert.strictEqual(_tag, "SettingInvalid")
      assert.match(message, new RegExp(`^[^\\n]*\\b${name}\\b[^\\n]*$`, "u"))
    }),
  )

  it.effect.each([
    ["PHONEBOOK_BOOTSTRAP_TOKEN", { PHONEBOOK_BOOTSTRAP_TOKEN: `${TOKEN}a`, PHONEBOOK_BOOTSTRAP_SECRET: SECRET }],
    ["PHONEBOOK_BOOTSTRAP_TOKEN", { PHONEBOOK_BOOTSTRAP_TOKEN: "-".repeat(32), PHONEBOOK_BOOTSTRAP_SECRET: SECRET }],
    ["PHONEBOOK_BOOTSTRAP_SECRET", { PHONEBOOK_BOOTSTRAP_TOKEN: TOKEN, PHONEBOOK_BOOTSTRAP_SECRET: "short" }],
    ["PHONEBOOK_BOOTSTRAP_SECRET", { PHONEBOOK_BOOTSTRAP_TOKEN: TOKEN, PHONEBOOK_BOOTSTRAP_SECRET: "é".repeat(40) }],
  ] as const)("refuse a credential whose %s a library would refuse, without repeating it", ([name, environment]) =>
    Effect.gen(function* () {
      const { message } = yield* Effect.flip(from(environment))
      assert.include(message, name)
      for (const value of Object.values(environment)) assert.notInclude(message, value)
    }),
  )
})

describe("isLoopback", () => {
  it.each(["127.0.0.1", "127.1.2.3", "localhost", "::1", "[::1]"])("%s is", (host) => assert.isTrue(isLoopback(host)))
  it.each(["0.0.0.0", "::", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", ""])("%j is not", (host) =>
    assert.isFalse(isLoopback(host)),
  )
})
