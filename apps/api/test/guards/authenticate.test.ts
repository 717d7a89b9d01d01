import { assert, describe, it } from "@effect/vitest"
import { ada, basic, bob, CLIENT, NUMBERS, sign, startService } from "../service.ts"

const BODY = JSON.stringify({ phone_numbers: [{ number: "504-555-0123" }] })
/** Headers that prove Ada's POST of the body above. */
const signed = (host: string, changes: { method?: string; target?: string; body?: string; secret?: string } = {}) => {
  const { secret = ada.secret, ...request } = { method: "POST", target: NUMBERS, body: BODY, ...changes }
  return { "x-token": ada.token, "x-signature": sign(secret, { host, ...request }) }
}

const post = async (
  headers: Record<string, string | Array<string>>,
  options: Parameters<typeof startService>[0] = {},
) => {
  const service = await startService(options)
  return { ...service, answer: await service.send("POST", NUMBERS, BODY, { by: null, headers }) }
}

/** What a request that is not let through is told. */
const refusal = async (...parameters: Parameters<typeof post>) => {
  const { answer, count } = await post(...parameters)
  return { status: answer.status, body: answer.body, realm: answer.headers["www-authenticate"], stored: count() }
}

const REALM = 'Basic realm="phonebook"'
const BASIC_WORKS = "; `curl -u token:secret` works too"
const MISSING = `The header X-Token is missing: send X-Token and X-Signature${BASIC_WORKS}; see /docs`
const UNKNOWN = `The token is unknown or was revoked${BASIC_WORKS}; see /docs`
const WRONG_SECRET = `The secret is wrong${BASIC_WORKS}; see /docs`

const unauthorized = (message: string, realm: string | undefined) => ({
  status: 401,
  body: { error: "Unauthorized", message },
  realm,
  stored: 0,
})
const SIGNATURE_INCORRECT = {
  status: 401,
  body: { error: "Your signature is incorrect. Please ensure you are generating it correctly" },
  realm: undefined,
  stored: 0,
}

describe("a signature", () => {
  describe("201", () => {
    it.each(["api.example.com", "api.example.com:8443", "http://api.example.com:8443"])(
      "201 for the host signed as %s",
      async (host) => {
        const { answer } = await post({ ...signed(host), host: "api.example.com:8443" })
        assert.strictEqual(answer.status, 201)
      },
    )
    it.each(["[::1]", "[::1]:3000", "http://[::1]:3000"])("201 for the host signed as %s", async (host) => {
      const { answer } = await post({ ...signed(host), host: "[::1]:3000" })
      assert.strictEqual(answer.status, 201)
    })
    it.each(["public.example.com", "http://public.example.com", "other:8443", "other", "http://other:8443", "inner"])(
      "201 for %s, one of PHONEBOOK_HOSTS or the Host itself",
      async (host) => {
        const hosts = ["public.example.com", "other:8443"]
        const { answer } = await post({ ...signed(host), host: "inner" }, { hosts })
        assert.strictEqual(answer.status, 201)
      },
    )
    it.each<[string, Record<string, string>]>([
      ["no Content-Type", {}],
      ["a form's Content-Type", { "content-type": "application/x-www-form-urlencoded" }],
      ["the Accept of version 8", { accept: "application/vnd.ticketevolution.api+json; version=8" }],
      ["Basic beside it, whose secret is wrong", basic({ ...ada, secret: "wrong" })],
      ["Basic of somebody else beside it", basic(bob)],
    ])("201 with %s", async (_, headers) => {
      const { answer } = await post({ ...signed("localhost"), ...headers })
      assert.strictEqual(answer.status, 201)
      assert.strictEqual(answer.headers["content-type"], "application/json; charset=utf-8")
    })
    it("201 for bytes that are not ASCII, as they were sent", async () => {
      const { send } = await startService()
      const { status } = await send("POST", NUMBERS, {
        phone_numbers: [{ number: "504-555-0123", label: "Zuhause 🏠" }],
      })
      assert.strictEqual(status, 201)
    })
    it.each(["?b=2&a=1", "?a=1&b=2", "?&&b=2&a=1&", "?"])(
      "200 for a query as sent, its pairs sorted: %s",
      async (query) => {
        const { send } = await startService()
        const target = `/v9/clients/${CLIENT}`
        const tail = query.length > 1 ? "?a=1&b=2" : "?"
        const headers = signed("localhost", { method: "GET", target: target + tail, body: "" })
        assert.strictEqual((await send("GET", target + query, undefined, { by: null, headers })).status, 200)
      },
    )
  })

  describe("401", () => {
    it("401 names the missing X-Token, offers curl -u and a Basic realm", async () => {
      assert.deepEqual(await refusal({}), unauthorized(MISSING, REALM))
    })
    it("401 does not offer what is off", async () => {
      assert.deepEqual(
        await refusal({}, { basicAuth: false }),
        unauthorized(MISSING.replace(BASIC_WORKS, ""), undefined),
      )
    })
    it("401 for X-Signature without X-Token", async () => {
      const { "x-signature": signature } = signed("localhost")
      assert.deepEqual(await refusal({ "x-signature": signature }), unauthorized(MISSING, REALM))
    })
    it.each([
      ["unknown", "x".repeat(32)],
      ["empty", ""],
      ["of another case", ada.token.toUpperCase()],
      ["cut short", ada.token.slice(0, -1)],
      ["SQL", "' OR 1=1 --"],
      ["named as in a prototype", "__proto__"],
    ])("401 for a token that is %s, without a realm", async (_, token) => {
      const headers = { ...signed("localhost"), "x-token": token }
      assert.deepEqual(await refusal(headers), unauthorized(UNKNOWN, undefined))
    })
    it("401 for two X-Token headers", async () => {
      const headers = { ...signed("localhost"), "x-token": [ada.token, ada.token] }
      assert.deepEqual(await refusal(headers), unauthorized(UNKNOWN, undefined))
    })
    it("401 for a token that was revoked", async () => {
      const { execute, send } = await startService()
      execute(`UPDATE credentials SET revoked_at = 1 WHERE token = '${ada.token}'`)
      const { status, body } = await send("POST", NUMBERS, BODY)
      assert.strictEqual(status, 401)
      assert.strictEqual(body.error, "Unauthorized")
    })
    it("401 for a known token without X-Signature", async () => {
      assert.deepEqual(await refusal({ "x-token": ada.token }), SIGNATURE_INCORRECT)
    })
    it.each<[string, string]>([
      ["empty", ""],
      ["no base64", "!!! no base64 !!!"],
      ["hexadecimal", Buffer.from(signed("localhost")["x-signature"], "base64").toString("hex")],
      ["base64url", Buffer.from(signed("localhost")["x-signature"], "base64").toString("base64url")],
      ["cut short", signed("localhost")["x-signature"].slice(0, -1)],
      ["longer", `${signed("localhost")["x-signature"]}=`],
      ["of 10 000 characters", "A".repeat(10_000)],
      ["Latin-1", "é".repeat(44)],
      ["another secret's", signed("localhost", { secret: bob.secret })["x-signature"]],
      ["another method's", signed("localhost", { method: "PUT" })["x-signature"]],
      ["another path's", signed("localhost", { target: `/v9/clients/1/phone_numbers` })["x-signature"]],
      ["another body's", signed("localhost", { body: `${BODY} ` })["x-signature"]],
      ["another host's", signed("api.example.com")["x-signature"]],
      ["the path's without a host", signed("")["x-signature"]],
      ["https://", signed("https://localhost")["x-signature"]],
    ])("401 for a signature that is %s", async (_, signature) => {
      assert.deepEqual(await refusal({ "x-token": ada.token, "x-signature": signature }), SIGNATURE_INCORRECT)
    })
    it("401 for two X-Signature headers", async () => {
      const headers = signed("localhost")
      assert.deepEqual(
        await refusal({ ...headers, "x-signature": Array(2).fill(headers["x-signature"]) }),
        SIGNATURE_INCORRECT,
      )
    })
    it("401 for a wrong signature beside a right Basic: X-Token counts", async () => {
      assert.deepEqual(
        await refusal({ "x-token": ada.token, "x-signature": "wrong", ...basic(ada) }),
        SIGNATURE_INCORRECT,
      )
    })
    it("401 for an unknown X-Token beside a right Basic", async () => {
      const headers = { "x-token": "x", "x-signature": "x", ...basic(ada) }
      assert.deepEqual(await refusal(headers), unauthorized(UNKNOWN, undefined))
    })

    it("401 logs the method and the hosts tried, and no secret", async () => {
      const { answer, logged } = await post(
        { "x-token": ada.token, "x-signature": "wrong", host: "inner:8080" },
        { hosts: ["public.example.com"] },
      )
      const { message, ...line } = JSON.parse(logged.find((each) => each.includes("signature incorrect"))!)
      assert.deepInclude(line, {
        level: "warn",
        request_id: answer.headers["x-request-id"],
        method: "POST",
      })
      assert.isString(message)
      for (const host of [
        "inner",
        "inner:8080",
        "http://inner:8080",
        "public.example.com",
        "http://public.example.com",
      ]) {
        assert.include(line.hosts_tried, host)
      }
      for (const secret of [ada.token, ada.secret, "504-555-0123", "wrong"]) assert.notInclude(logged.join(""), secret)
    })
  })
})

describe("Basic authentication", () => {
  it.each(["Basic", "basic", "BASIC"])("201 for %s with token and secret", async (scheme) => {
    const authorization = basic(ada).authorization.replace("Basic", scheme)
    assert.strictEqual((await post({ authorization })).answer.status, 201)
  })
  it("404 for another account's client", async () => {
    assert.strictEqual((await post(basic(bob))).answer.status, 404)
  })
  it.each([
    ["a wrong secret", basic({ ...ada, secret: bob.secret }).authorization, WRONG_SECRET],
    ["an empty secret", basic({ ...ada, secret: "" }).authorization, WRONG_SECRET],
    ["a longer secret", basic({ ...ada, secret: `${ada.secret}x` }).authorization, WRONG_SECRET],
    ["an unknown token", basic({ ...ada, token: "x" }).authorization, UNKNOWN],
    ["no colon", `Basic ${Buffer.from(ada.token).toString("base64")}`, MISSING],
    ["no base64", "Basic ???", MISSING],
    ["nothing", "Basic ", MISSING],
    ["another scheme", `Bearer ${ada.token}`, MISSING],
  ])("401 for %s, with a realm", async (_, authorization, message) => {
    assert.deepEqual(await refusal({ authorization }), unauthorized(message, REALM))
  })
  it("401 for the right secret where it is off", async () => {
    const message = MISSING.replace(BASIC_WORKS, "")
    assert.deepEqual(await refusal(basic(ada), { basicAuth: false }), unauthorized(message, undefined))
  })
})
