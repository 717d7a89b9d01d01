import { assert, describe, it } from "@effect/vitest"
import { messages } from "@phonebook/contract"
import { Unavailable } from "@phonebook/domain"
import { Effect } from "effect"
import { bob, CLIENT, NUMBERS, startService } from "../service.ts"

const HOME = { label: "home", country_code: "+1", number: "504-555-0123", extension: null, is_primary: false }
const UPDATED_AT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/u

/** A good body of so many bytes. */
const ofLength = (length: number) => {
  const body = { phone_numbers: [HOME], filler: "" }
  return JSON.stringify({ ...body, filler: "x".repeat(length - JSON.stringify(body).length) })
}

/** Sends one item and answers the phone number that was made of it. */
const create = async (item: object) => {
  const { send } = await startService()
  const { status, body, text } = await send("POST", NUMBERS, { phone_numbers: [item] })
  assert.strictEqual(status, 201, text)
  return body.phone_numbers[0]
}

/** Sends a body that is refused, and answers what is said of it. Nothing must have been stored. */
const refuse = async (body: unknown) => {
  const { count, send } = await startService()
  const answer = await send("POST", NUMBERS, body)
  assert.strictEqual(answer.status, 422, answer.text)
  assert.strictEqual(answer.body.error, "Unprocessable Entity")
  assert.strictEqual(count(), 0)
  return answer.body
}

/** Sends one item that is refused for one reason alone; answers how it is shown. */
const refuseItem = async (item: unknown, field: string, code: keyof typeof messages, maximum?: number) => {
  const body = await refuse({ phone_numbers: [item] })
  const detail = messages[code](maximum)
  const { errors, ...shown } = body.phone_numbers[0]
  assert.deepEqual(errors, { [field]: [detail] })
  const pointer = field === "base" ? "/phone_numbers/0" : `/phone_numbers/0/${field}`
  assert.deepEqual(body.problems, [{ pointer, code, detail }])
  assert.strictEqual(body.message, "1 of 1 phone numbers is invalid; nothing was saved.")
  return shown
}

const primaryOf = async (send: Awaited<ReturnType<typeof startService>>["send"]): Promise<string | null> => {
  const { body } = await send("GET", `/v9/clients/${CLIENT}`)
  return body.primary_phone_number?.label ?? null
}

describe("POST /v9/clients/:client_id/phone_numbers", () => {
  describe("201", () => {
    it("201 answers the first documented exchange exactly, but for id and updated_at", async () => {
      const { send } = await startService()
      const { status, headers, body, text } = await send("POST", NUMBERS, { phone_numbers: [HOME] })
      assert.strictEqual(status, 201)
      assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
      const [{ id, updated_at }] = body.phone_numbers
      assert.isTrue(Number.isInteger(id))
      assert.match(updated_at, UPDATED_AT)
      const expected =
        `{"current_page":1,"per_page":100,"total_entries":1,"phone_numbers":[` +
        `{"id":${id},"url":"/clients/168019/phone_numbers/${id}","country_code":"1","raw_number":"5550123",` +
        `"number":"504-555-0123","extension":null,"label":"home","updated_at":"${updated_at}"}]}`
      assert.strictEqual(text, expected)
      assert.isNull(await primaryOf(send))
    })

    it("201 answers the second documented exchange exactly, but for id and updated_at", async () => {
      const { send } = await startService()
      const { status, body, text } = await send("POST", NUMBERS, {
        phone_numbers: [
          { label: "home", country_code: "+1", number: "541-555-0123", extension: null, is_primary: false },
          { label: "work", country_code: "+1", number: "541-555-0987", extension: 5, is_primary: false },
          { label: "cell", country_code: "+1", number: "541-555-0573", extension: null, is_primary: true },
        ],
      })
      assert.strictEqual(status, 201)
      const [{ id, updated_at }] = body.phone_numbers
      const entry = (offset: number, raw: string, number: string, extension: string, label: string) =>
        `{"id":${id + offset},"url":"/clients/168019/phone_numbers/${id + offset}","country_code":"1",` +
        `"raw_number":"${raw}","number":"${number}","extension":${extension},"label":"${label}","updated_at":"${updated_at}"}`
      const entries = [
        entry(0, "5550123", "541-555-0123", "null", "home"),
        entry(1, "5550987", "541-555-0987", '"5"', "work"),
        entry(2, "5550573", "541-555-0573", "null", "cell"),
      ]
      assert.strictEqual(
        text,
        `{"current_page":1,"per_page":100,"total_entries":3,"phone_numbers":[${entries.join(",")}]}`,
      )
      assert.strictEqual(await primaryOf(send), "cell")
    })

    it.each<[string, string | undefined, string, string, string]>([
      ["(504) 555-1212", undefined, "1", "504-555-1212", "5551212"],
      ["+1 800 555 0199", undefined, "1", "800-555-0199", "5550199"],
      ["020 7946 0958", "+44", "44", "20-7946-0958", "79460958"],
      ["+44 7400 123456", undefined, "44", "7400-123456", "7400123456"],
      ["030 123456", "49", "49", "30-123456", "123456"],
      ["02 1234 5678", "39", "39", "02-1234-5678", "12345678"],
      ["+65 6123 4567", undefined, "65", "6123-4567", "61234567"],
      ["+590 590 00 12 34", undefined, "590", "590-00-12-34", "001234"],
      ["011 44 20 7946 0958", undefined, "44", "20-7946-0958", "79460958"],
      ["0049 30 123456", "49", "49", "30-123456", "123456"],
    ])("201 reads %s under %s", async (number, country_code, countryCode, shown, raw_number) => {
      assert.deepInclude(await create({ number, country_code }), {
        country_code: countryCode,
        number: shown,
        raw_number,
      })
    })

    it("201 takes number alone, with null for what was not sent", async () => {
      const { id, url, updated_at, ...rest } = await create({ number: "5045550123" })
      assert.isDefined(id && url && updated_at)
      assert.deepEqual(rest, {
        country_code: "1",
        raw_number: "5550123",
        number: "504-555-0123",
        extension: null,
        label: null,
      })
    })

    it("201 reads a number without a country code under the deployment's default", async () => {
      const { send } = await startService({ defaultCountryCode: "44" })
      const { body } = await send("POST", NUMBERS, {
        phone_numbers: [{ number: "020 7946 0958" }, { number: "020 7946 0958", country_code: " " }],
      })
      assert.deepEqual(
        body.phone_numbers.map((phoneNumber: { country_code: string }) => phoneNumber.country_code),
        ["44", "44"],
      )
    })

    it.each<[string, object, object]>([
      ["trimmed text", { label: "  home\t", number: " 504-555-0123\n" }, { label: "home", number: "504-555-0123" }],
      ["blank text as null", { label: " ", extension: "", country_code: "\t" }, { label: null, extension: null }],
      ["null for every optional field", { label: null, country_code: null, extension: null, is_primary: null }, {}],
      ["a label of 20 code points", { label: `${" "}${"😀".repeat(20)}` }, { label: "😀".repeat(20) }],
      ["a label as it is, not normalised", { label: "ｈome ﬁ" }, { label: "ｈome ﬁ" }],
      ["full-width plus and digits", { country_code: "＋１", number: "５０４５５５０１２３" }, { country_code: "1" }],
      ["a full-width extension", { extension: "００５" }, { extension: "005" }],
      ["an integer number", { number: 5045550123 }, { number: "504-555-0123" }],
      ["an integer country code", { number: "020 7946 0958", country_code: 44 }, { country_code: "44" }],
      ["an integer extension", { extension: 5 }, { extension: "5" }],
      ["0 as an extension", { extension: 0 }, { extension: "0" }],
      ["an extension of 15 digits with its zeros", { extension: "0".repeat(15) }, { extension: "0".repeat(15) }],
      ["an extension inside the number", { number: "541-555-0987 x5" }, { number: "541-555-0987", extension: "5" }],
      ["the same extension twice", { number: "541-555-0987 x5", extension: 5 }, { extension: "5" }],
    ])("201 takes %s", async (_, item, expected) => {
      assert.deepInclude(await create({ number: "504-555-0123", ...item }), expected)
    })

    it("201 ignores unknown keys, in particular the read-only ones a library sends back", async () => {
      const created = await create({
        ...HOME,
        id: 1,
        url: "/clients/1/phone_numbers/1",
        raw_number: "1",
        updated_at: "2001-01-01T00:00:00Z",
        server_message: "x",
        status_code: 500,
        client_id: 1,
      })
      assert.deepInclude(created, { raw_number: "5550123", url: `/clients/${CLIENT}/phone_numbers/${created.id}` })
      assert.notStrictEqual(created.updated_at, "2001-01-01T00:00:00Z")
      assert.sameMembers(Object.keys(created), [
        "id",
        "url",
        "country_code",
        "raw_number",
        "number",
        "extension",
        "label",
        "updated_at",
      ])
    })

    it("201 is not led astray by keys named as in a prototype", async () => {
      const { send } = await startService()
      const item = `"__proto__":{"label":"x","number":"1"},"constructor":{"prototype":1},"toString":null,"hasOwnProperty":1`
      const sent = `{"__proto__":{"polluted":true},"constructor":1,"phone_numbers":[{${item},"number":"504-555-0123"}]}`
      const { status, body } = await send("POST", NUMBERS, sent)
      assert.strictEqual(status, 201)
      assert.deepInclude(body.phone_numbers[0], { label: null, number: "504-555-0123" })
      assert.notProperty({}, "polluted")
    })

    it("201 lets the last of two equal keys count", async () => {
      const { send } = await startService()
      const sent = `{"phone_numbers":5,"phone_numbers":[{"label":"first","number":"x","label":"last","number":"504-555-0123"}]}`
      const { body } = await send("POST", NUMBERS, sent)
      assert.deepInclude(body.phone_numbers[0], { label: "last", number: "504-555-0123" })
    })

    it("201 creates 100 in request order, ids ascending by one, with one updated_at", async () => {
      const { send } = await startService()
      const phone_numbers = Array.from({ length: 100 }, (_, index) => ({ label: `${index}`, number: "504-555-0123" }))
      const { status, body } = await send("POST", NUMBERS, { phone_numbers })
      assert.strictEqual(status, 201)
      assert.deepInclude(body, { current_page: 1, per_page: 100, total_entries: 100 })
      const [{ id, updated_at }] = body.phone_numbers
      body.phone_numbers.forEach((phoneNumber: object, index: number) =>
        assert.deepInclude(phoneNumber, { id: id + index, label: `${index}`, updated_at }),
      )
    })

    it("201 counts what this request created, and gives no id twice", async () => {
      const { send } = await startService()
      const first = await send("POST", NUMBERS, { phone_numbers: [HOME, HOME] })
      const second = await send("POST", NUMBERS, { phone_numbers: [HOME] })
      assert.strictEqual(second.body.total_entries, 1)
      assert.strictEqual(second.body.phone_numbers[0].id, first.body.phone_numbers[1].id + 1)
    })

    it("201 ignores a query string beside the body", async () => {
      const { send } = await startService()
      const { status } = await send("POST", `${NUMBERS}?page=junk&number=%zz&phone_numbers=[]`, {
        phone_numbers: [HOME],
      })
      assert.strictEqual(status, 201)
    })

    it("201 shows at once in the client", async () => {
      const { send } = await startService()
      const created = await send("POST", NUMBERS, { phone_numbers: [HOME] })
      const { body } = await send("GET", `/v9/clients/${CLIENT}`)
      assert.deepEqual(body.phone_numbers, created.body.phone_numbers)
    })
  })

  describe("201 and the primary number", () => {
    const number = "504-555-0123"
    it.each<[string, ReadonlyArray<ReadonlyArray<boolean | string | null | undefined>>, string | null]>([
      ["the first that says nothing, of a client without any number", [[undefined]], "0.0"],
      ["the first that says nothing, null included", [[false, null, undefined]], "0.1"],
      ["none where all say false, on a first number too", [[false, false]], null],
      ["none where a client that has numbers is told nothing", [[false], [undefined]], null],
      ["the one that says so, before one that says nothing", [[undefined, true]], "0.1"],
      ["the first that is blank, which says nothing", [[false, " ", ""]], "0.1"],
      ["the former one where others say nothing", [[undefined], [undefined, false]], "0.0"],
      ["the new one that says so", [[true], [false, true]], "1.1"],
    ])("201 makes primary %s", async (_, requests, expected) => {
      const { send } = await startService()
      for (const [request, items] of requests.entries()) {
        const phone_numbers = items.map((is_primary, item) => ({ label: `${request}.${item}`, number, is_primary }))
        assert.strictEqual((await send("POST", NUMBERS, { phone_numbers })).status, 201)
      }
      assert.strictEqual(await primaryOf(send), expected)
    })

    it("201 gives the former primary the updated_at of its demotion", async () => {
      const { execute, send } = await startService()
      const { body } = await send("POST", NUMBERS, { phone_numbers: [{ number, is_primary: true }] })
      execute("UPDATE phone_numbers SET updated_at = 0")
      const moved = await send("POST", NUMBERS, { phone_numbers: [{ number, is_primary: true }] })
      const client = await send("GET", `/v9/clients/${CLIENT}`)
      const [former] = client.body.phone_numbers
      assert.deepEqual(former, {
        ...body.phone_numbers[0],
        updated_at: moved.body.phone_numbers[0].updated_at,
      })
      assert.deepEqual(client.body.primary_phone_number, moved.body.phone_numbers[0])
    })
  })

  describe("400", () => {
    const notUtf8 = Buffer.concat([Buffer.from('{"phone_numbers":[{"label":"'), Buffer.of(0xff), Buffer.from('"}]}')])
    it.each<[string, unknown]>([
      ["no body", undefined],
      ["an empty body", ""],
      ["a body that is not UTF-8", notUtf8],
      ["UTF-16", Buffer.from(JSON.stringify({ phone_numbers: [HOME] }), "utf16le")],
      ["JSON cut short", '{"phone_numbers":['],
      ["two JSON documents", "{}{}"],
      ["a trailing comma", '{"phone_numbers":[],}'],
      ["a form", "phone_numbers[0][number]=504-555-0123"],
      ["an array", [HOME]],
      ["a string", '"504-555-0123"'],
      ["a number", "5045550123"],
      ["null", "null"],
      ["1 MiB of nesting without an end", "[".repeat(2 ** 20)],
    ])("400 for %s", async (_, sent) => {
      const { count, send } = await startService()
      const { status, headers, body } = await send("POST", NUMBERS, sent)
      assert.strictEqual(status, 400)
      assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
      assert.strictEqual(body.error, "Bad Request")
      assert.match(body.message, /^The body is /u)
      assert.notInclude(body.message, "504")
      assert.strictEqual(count(), 0)
    })

    it("201 for a body that begins with a byte order mark", async () => {
      const { send } = await startService()
      const { status } = await send("POST", NUMBERS, `\uFEFF${JSON.stringify({ phone_numbers: [HOME] })}`)
      assert.strictEqual(status, 201)
    })
  })

  describe("401", () => {
    it("401 before any look-up: with a bad signature a missing client is not 404", async () => {
      const { send } = await startService()
      const target = "/v9/clients/1/phone_numbers"
      const { status, body } = await send("POST", target, "{", { headers: { "x-signature": "wrong" } })
      assert.strictEqual(status, 401)
      assert.deepEqual(body, {
        error: "Your signature is incorrect. Please ensure you are generating it correctly",
      })
    })
  })

  describe("404", () => {
    it.each([
      "1",
      "0",
      "007",
      "-1",
      "1e3",
      "1.5",
      "168019.0",
      "abc",
      "%20168019",
      `${2 ** 53}`,
      `${2 ** 53 - 1}`,
      "9223372036854775808",
      "__proto__",
      "%zz",
      "168019;DROP",
    ])("404 for the client %s", async (id) => {
      const { count, send } = await startService()
      const { status, body } = await send("POST", `/v9/clients/${id}/phone_numbers`, { phone_numbers: [HOME] })
      assert.strictEqual(status, 404)
      const shown = id.replace("%20", " ")
      assert.deepEqual(body, { error: "Not Found", message: `Couldn't find Client with ID=${shown}` })
      assert.strictEqual(count(), 0)
    })

    it("404 for a client of 400 digits, shown cut at 64", async () => {
      const { send } = await startService()
      const { status, body } = await send("POST", `/v9/clients/${"9".repeat(400)}/phone_numbers`, {
        phone_numbers: [HOME],
      })
      assert.strictEqual(status, 404)
      assert.strictEqual(body.message, `Couldn't find Client with ID=${"9".repeat(64)}`)
    })

    it("404 for a client of other characters, cut at 64 of them, not inside of one", async () => {
      const { send } = await startService()
      const target = `/v9/clients/${encodeURIComponent("📞".repeat(65))}/phone_numbers`
      const { body } = await send("POST", target, { phone_numbers: [HOME] })
      assert.strictEqual(body.message, `Couldn't find Client with ID=${"📞".repeat(64)}`)
    })

    it("404 for another account's client", async () => {
      const { count, send } = await startService()
      const { status, body } = await send("POST", NUMBERS, { phone_numbers: [HOME] }, { by: bob })
      assert.strictEqual(status, 404)
      assert.deepEqual(body, { error: "Not Found", message: "Couldn't find Client with ID=168019" })
      assert.strictEqual(count(), 0)
    })
  })

  describe("405", () => {
    it.each(["PUT", "PATCH", "DELETE", "OPTIONS"])("405 for %s", async (method) => {
      const { send } = await startService()
      const { status, headers, body } = await send(method, NUMBERS)
      assert.strictEqual(status, 405)
      assert.strictEqual(headers.allow, "GET, HEAD, POST")
      assert.strictEqual(body.error, "Method Not Allowed")
    })
  })

  describe("413", () => {
    it("201 for a body of 1 MiB", async () => {
      const { send } = await startService()
      assert.strictEqual((await send("POST", NUMBERS, ofLength(2 ** 20))).status, 201)
    })
    it("413 for one byte more", async () => {
      const { count, send } = await startService()
      const { status, body } = await send("POST", NUMBERS, ofLength(2 ** 20 + 1))
      assert.strictEqual(status, 413)
      assert.strictEqual(body.error, "Payload Too Large")
      assert.strictEqual(count(), 0)
    })
    it("413 for an array of a million elements", async () => {
      const { send } = await startService()
      assert.strictEqual((await send("POST", NUMBERS, `{"phone_numbers":[${"1,".repeat(1e6)}1]}`)).status, 413)
    })
  })

  describe("the first that applies", () => {
    const CASES: ReadonlyArray<readonly [status: number, method: string, target: string, body: unknown]> = [
      [413, "PUT", "/v9/nothing/here", "[".repeat(2 ** 20 + 1)],
      [404, "PUT", "/v9/nothing/here", "["],
      [405, "PUT", "/v9/clients/1/phone_numbers", "["],
      [400, "POST", "/v9/clients/1/phone_numbers", "["],
      [404, "POST", "/v9/clients/1/phone_numbers", {}],
      [422, "POST", NUMBERS, {}],
    ]
    it.each(CASES)("%i for %s %s, correctly signed", async (expected, method, target, body) => {
      const { send } = await startService()
      assert.strictEqual((await send(method, target, body)).status, expected)
    })
    it.each(CASES.slice(1))("401 instead of %i for %s %s, wrongly signed", async (_, method, target, body) => {
      const { send } = await startService()
      const { status } = await send(method, target, body, { headers: { "x-signature": "" } })
      assert.strictEqual(status, 401)
    })
    it("413 instead of 401 for a body announced too large", async () => {
      const { send } = await startService()
      const headers = { "content-length": `${2 ** 20 + 1}` }
      assert.strictEqual((await send("POST", NUMBERS, undefined, { by: null, headers })).status, 413)
    })
  })

  describe("422", () => {
    it("422 answers the documented example exactly", async () => {
      const { send } = await startService()
      const { status, headers, text } = await send("POST", NUMBERS, {
        phone_numbers: [
          { label: "home", country_code: "+1", number: "541-555-0123" },
          { label: "work", country_code: "+1", number: "555-0123" },
        ],
      })
      assert.strictEqual(status, 422)
      assert.strictEqual(headers["content-type"], "application/json; charset=utf-8")
      assert.strictEqual(
        text,
        `{"error":"Unprocessable Entity","message":"1 of 2 phone numbers is invalid; nothing was saved.","phone_numbers":[` +
          `{"id":null,"url":null,"country_code":"1","raw_number":"5550123","number":"541-555-0123","extension":null,"label":"home","updated_at":null},` +
          `{"id":null,"url":null,"country_code":"1","raw_number":null,"number":"555-0123","extension":null,"label":"work","updated_at":null,` +
          `"errors":{"number":["is too short: include the area code"]}}],` +
          `"problems":[{"pointer":"/phone_numbers/1/number","code":"too_short","detail":"is too short: include the area code"}]}`,
      )
    })

    it.each<[string, unknown, string, string]>([
      ["missing", {}, "blank", "can't be blank"],
      ["null", { phone_numbers: null }, "blank", "can't be blank"],
      ["an object", { phone_numbers: { 0: HOME, length: 1 } }, "wrong_type", "is of the wrong type"],
      ["a string", { phone_numbers: "504-555-0123" }, "wrong_type", "is of the wrong type"],
      ["inherited", '{"__proto__":{"phone_numbers":[{"number":"504-555-0123"}]}}', "blank", "can't be blank"],
      ["empty", { phone_numbers: [] }, "empty", "can't be empty"],
      [
        "of 101 items",
        { phone_numbers: Array.from({ length: 101 }, () => HOME) },
        "too_many",
        "has too many items (maximum is 100 in a request)",
      ],
      [
        "as many items as a body can hold",
        `{"phone_numbers":[${"1,".repeat(2 ** 19 - 20)}1]}`,
        "too_many",
        "has too many items (maximum is 100 in a request)",
      ],
    ])("422 without items for phone_numbers that is %s", async (_, sent, code, detail) => {
      assert.deepEqual(await refuse(sent), {
        error: "Unprocessable Entity",
        message: "The list of phone numbers is invalid; nothing was saved.",
        problems: [{ pointer: "/phone_numbers", code, detail }],
      })
    })

    const LONG = "x".repeat(100)
    it.each<[string, object, string, keyof typeof messages, number | undefined, object]>([
      ["no number", { number: undefined }, "number", "blank", undefined, { number: null }],
      ["a blank number", { number: " \n" }, "number", "blank", undefined, { number: null }],
      ["a number without its area code", { number: "555-0123" }, "number", "too_short", undefined, {}],
      ["a number that lost a digit", { number: "1-541-555-012" }, "number", "invalid_number", undefined, {}],
      ["prose", { number: "call 504-555-0123" }, "number", "invalid_number", undefined, {}],
      ["tel:", { number: "tel:+15045550123" }, "number", "invalid_number", undefined, {}],
      ["a number with a NUL", { number: "504\0 555-0123" }, "number", "invalid_number", undefined, {}],
      [
        "another country's number",
        { number: "+44 20 7946 0958", country_code: 1 },
        "number",
        "country_code_conflict",
        undefined,
        { country_code: "1", number: "+44 20 7946 0958", raw_number: null },
      ],
      ["an ambiguous number", { number: "+91 918603451234", country_code: null }, "number", "ambiguous", undefined, {}],
      ["a number of 65 characters", { number: LONG }, "number", "too_long", 64, { number: LONG.slice(0, 64) }],
      ["a number of 63 digits in a string", { number: "9".repeat(63) }, "number", "too_long", undefined, {}],
      [
        "2^53-1 as a number",
        { number: Number.MAX_SAFE_INTEGER },
        "number",
        "too_long",
        undefined,
        { number: "9007199254740991" },
      ],
      ["0 as a number", { number: 0 }, "number", "too_short", undefined, { number: "0" }],
      ["a label of 21 code points", { label: "😀".repeat(21) }, "label", "too_long", 20, { label: "😀".repeat(21) }],
      ["a long label, shown cut", { label: LONG }, "label", "too_long", 20, { label: LONG.slice(0, 64) }],
      ["NUL in a label", { label: "ho\0me" }, "label", "invalid_characters", undefined, { label: "ho\0me" }],
      ["a line break in a label", { label: "ho\nme" }, "label", "invalid_characters", undefined, { label: "ho\nme" }],
      [
        "a lone surrogate in a label",
        { label: "home\uD800" },
        "label",
        "invalid_characters",
        undefined,
        { label: "home\uD800" },
      ],
      [
        "SQL in a country code",
        { country_code: "+1; DROP" },
        "country_code",
        "invalid_country_code",
        undefined,
        { country_code: "+1; DROP", number: "504-555-0123", raw_number: null },
      ],
      ["an unused country code", { country_code: "999" }, "country_code", "invalid_country_code", undefined, {}],
      ["0 as a country code", { country_code: 0 }, "country_code", "invalid_country_code", undefined, {}],
      [
        "a name as a country code",
        { country_code: "constructor" },
        "country_code",
        "invalid_country_code",
        undefined,
        {},
      ],
      [
        "letters in an extension",
        { extension: "x5" },
        "extension",
        "invalid_extension",
        undefined,
        { extension: "x5" },
      ],
      [
        "an extension of 16 digits",
        { extension: "1".repeat(16) },
        "extension",
        "too_long",
        15,
        { extension: "1".repeat(16) },
      ],
      [
        "2^53-1 as an extension",
        { extension: Number.MAX_SAFE_INTEGER },
        "extension",
        "too_long",
        15,
        { extension: "9007199254740991" },
      ],
      [
        "two different extensions",
        { number: "541-555-0987 x5", extension: "6" },
        "extension",
        "extension_conflict",
        undefined,
        { number: "541-555-0987", extension: "6" },
      ],
    ])("422 for %s", async (_, item, field, code, maximum, expected) => {
      const shown = await refuseItem({ ...HOME, ...item }, field, code, maximum)
      assert.deepInclude(shown, { id: null, url: null, updated_at: null, ...expected })
      assert.notProperty(shown, "is_primary")
    })

    const deep = `${"[".repeat(500_000)}${"]".repeat(500_000)}`
    const wrong: Readonly<Record<string, ReadonlyArray<string>>> = {
      label: ["5", "true", "[]", "{}", '["home"]', deep],
      country_code: ["9007199254740992", "1.5", "-1", "true", "[1]", "{}"],
      number: ["9007199254740992", "5045550123.5", "-5045550123", "1e400", "5".repeat(63), "true", "[]", "{}", deep],
      extension: ["9007199254740992", "1.5", "-1", "false", "[5]", "{}"],
      is_primary: ['"true"', '"false"', "0", "1", "[]", "{}"],
    }
    const each = Object.entries(wrong).flatMap(([field, values]) =>
      values.map((value) => ({ field, value, json: value.slice(0, 20) })),
    )
    it.each(each)("422 for $field: $json, shown as null", async ({ field, value }) => {
      const { [field as "label"]: _, ...item } = HOME
      const json = `{"phone_numbers":[${JSON.stringify(item).slice(0, -1)},"${field}":${value}}]}`
      const body = await refuse(json)
      const { errors, ...shown } = body.phone_numbers[0]
      assert.deepEqual(errors, { [field]: ["is of the wrong type"] })
      assert.deepEqual(body.problems, [
        { pointer: `/phone_numbers/0/${field}`, code: "wrong_type", detail: "is of the wrong type" },
      ])
      if (field !== "is_primary") assert.isNull(shown[field])
    })

    it.each(["null", "5", '"504-555-0123"', "[]", deep, "true"].map((item) => ({ item, json: item.slice(0, 20) })))(
      "422 for the item $json",
      async ({ item }) => {
        const body = await refuse(`{"phone_numbers":[${item}]}`)
        assert.deepEqual(body.phone_numbers, [
          {
            id: null,
            url: null,
            country_code: null,
            raw_number: null,
            number: null,
            extension: null,
            label: null,
            updated_at: null,
            errors: { base: ["is of the wrong type"] },
          },
        ])
        assert.deepEqual(body.problems, [
          { pointer: "/phone_numbers/0", code: "wrong_type", detail: "is of the wrong type" },
        ])
      },
    )

    it("422 names two primaries on both items", async () => {
      const number = "504-555-0123"
      const body = await refuse({
        phone_numbers: [{ number, is_primary: true }, { number }, { number, is_primary: true }],
      })
      const detail = "can be true for one phone number only"
      assert.deepEqual(
        body.phone_numbers.map((item: { errors?: object }) => item.errors),
        [{ is_primary: [detail] }, undefined, { is_primary: [detail] }],
      )
      assert.deepEqual(body.problems, [
        { pointer: "/phone_numbers/0/is_primary", code: "multiple_primaries", detail },
        { pointer: "/phone_numbers/2/is_primary", code: "multiple_primaries", detail },
      ])
    })

    it("422 tells all errors of all items at once, the valid ones shown as they would have been", async () => {
      const body = await refuse({
        phone_numbers: [
          { ...HOME, label: 5, number: null, extension: "x", country_code: "++" },
          { number: "+44 20 7946 0958 x7", label: " office " },
          "no object",
          { number: "5".repeat(65), country_code: "zz" },
        ],
      })
      assert.strictEqual(body.message, "3 of 4 phone numbers are invalid; nothing was saved.")
      assert.deepEqual(
        body.problems.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`).toSorted(),
        [
          "/phone_numbers/0/country_code invalid_country_code",
          "/phone_numbers/0/extension invalid_extension",
          "/phone_numbers/0/label wrong_type",
          "/phone_numbers/0/number blank",
          "/phone_numbers/2 wrong_type",
          "/phone_numbers/3/country_code invalid_country_code",
          "/phone_numbers/3/number too_long",
        ],
      )
      assert.deepEqual(body.phone_numbers[1], {
        id: null,
        url: null,
        country_code: "44",
        raw_number: "79460958",
        number: "20-7946-0958",
        extension: "7",
        label: "office",
        updated_at: null,
      })
      assert.deepEqual(Object.keys(body), ["error", "message", "phone_numbers", "problems"])
    })

    it("422 leaves the client as it was: all or nothing", async () => {
      const { count, send } = await startService()
      const number = "504-555-0123"
      await send("POST", NUMBERS, { phone_numbers: [{ label: "old", number }] })
      const before = await send("GET", `/v9/clients/${CLIENT}`)
      const items = Array.from({ length: 99 }, () => ({ number }))
      const { status } = await send("POST", NUMBERS, {
        phone_numbers: [{ number, is_primary: true }, ...items.slice(1), { number: "1" }],
      })
      assert.strictEqual(status, 422)
      assert.strictEqual(count(), 1)
      assert.strictEqual((await send("GET", `/v9/clients/${CLIENT}`)).text, before.text)
    })
  })

  describe("500", () => {
    it("500 with a constant body; the cause is in the log alone, without what a query was given", async () => {
      const { logged, send } = await startService({
        unitOfWork: (store) => ({
          ...store,
          run: () => Effect.die(new Error("Failed query: insert\nparams: 1,ho\u2028me,504-555-0123\nbecause")),
        }),
      })
      const { status, text } = await send("POST", NUMBERS, { phone_numbers: [HOME] })
      assert.strictEqual(status, 500)
      assert.strictEqual(text, '{"error":"Error"}')
      const line = JSON.parse(logged.find((each) => each.includes('"fault"'))!)
      assert.strictEqual(line.level, "error")
      assert.include(line.cause, "Failed query: insert")
      assert.include(line.cause, "because")
      assert.notMatch(line.cause, /504-555|ho\u2028me/u)
    })
  })

  describe("503", () => {
    it("503 with Retry-After when the store is unavailable", async () => {
      const { send } = await startService({
        unitOfWork: (store) => ({ ...store, run: () => Effect.fail(new Unavailable({ reason: "overloaded" })) }),
      })
      const { status, headers, body } = await send("POST", NUMBERS, { phone_numbers: [HOME] })
      assert.strictEqual(status, 503)
      assert.strictEqual(headers["retry-after"], "1")
      assert.strictEqual(body.error, "Service Unavailable")
      assert.include(body.message, "overloaded")
    })

    it("503 when the credential cannot be read", async () => {
      let ready = false
      const { send } = await startService({
        unitOfWork: (store) => ({
          ...store,
          read: (program) => (ready ? Effect.fail(new Unavailable({ reason: "closing" })) : store.read(program)),
        }),
      })
      ready = true
      assert.strictEqual((await send("POST", NUMBERS, { phone_numbers: [HOME] })).status, 503)
    })

    it("503 when the disk is full, with nothing stored", async () => {
      const { count, execute, send } = await startService()
      // As many as there are: SQLite goes no lower.
      execute("PRAGMA max_page_count = 1")
      const phone_numbers = Array.from({ length: 100 }, () => ({ ...HOME, label: "a label of some size" }))
      const { status, headers } = await send("POST", NUMBERS, { phone_numbers })
      assert.strictEqual(status, 503)
      assert.isDefined(headers["retry-after"])
      assert.strictEqual(count(), 0)
    })
  })
})
