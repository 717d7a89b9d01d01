import { assert, describe, it } from "@effect/vitest"
import { ada, bob, CLIENT, NUMBERS, type Send, startService } from "../service.ts"

const DRAFTS = [
  { label: "home", number: "541-555-0123", is_primary: false },
  { label: "work", number: "541-555-0987", extension: "5" },
  { label: "cell", number: "+44 20 7946 0958" },
  { number: "541-555-0987", extension: "007" },
]

const planted = async () => {
  const service = await startService()
  const { body } = await service.send("POST", NUMBERS, { phone_numbers: DRAFTS })
  return { ...service, ids: body.phone_numbers.map(({ id }: { id: number }) => id) as ReadonlyArray<number> }
}

const labels = async (send: Send, query: string) => {
  const { status, body } = await send("GET", `${NUMBERS}?${query}`)
  assert.strictEqual(status, 200, JSON.stringify(body))
  assert.strictEqual(body.total_entries, body.phone_numbers.length)
  return body.phone_numbers.map(({ label }: { label: string | null }) => label)
}

describe("GET /v9/clients/:client_id/phone_numbers", () => {
  it("200 the envelope, by id", async () => {
    const { send, ids } = await planted()
    const { status, headers, body } = await send("GET", NUMBERS)
    assert.strictEqual(status, 200)
    assert.deepInclude(body, { current_page: 1, per_page: 100, total_entries: 4 })
    assert.deepEqual(
      body.phone_numbers.map(({ id }: { id: number }) => id),
      ids,
    )
    assert.deepEqual(Object.keys(body.phone_numbers[0]), [
      "id",
      "url",
      "country_code",
      "raw_number",
      "number",
      "extension",
      "label",
      "updated_at",
    ])
    assert.strictEqual(
      headers.link,
      `<${NUMBERS}?page=1&per_page=100>; rel="first", <${NUMBERS}?page=1&per_page=100>; rel="last"`,
    )
  })

  it("200 a page, and links to the others that keep the filters", async () => {
    const { send, ids } = await planted()
    const { headers, body } = await send("GET", `${NUMBERS}?label.not_eq=home&per_page=1&page=2`)
    assert.deepInclude(body, { current_page: 2, per_page: 1, total_entries: 3 })
    assert.strictEqual(body.phone_numbers[0].id, ids[2])
    const link = (rel: string, page: number) => `<${NUMBERS}?label.not_eq=home&page=${page}&per_page=1>; rel="${rel}"`
    assert.strictEqual(headers.link, [link("first", 1), link("prev", 1), link("next", 3), link("last", 3)].join(", "))
  })

  it("200 nothing past the last page", async () => {
    const { send } = await planted()
    const { status, headers, body } = await send("GET", `${NUMBERS}?page=9&per_page=2`)
    assert.deepEqual([status, body.total_entries, body.phone_numbers], [200, 4, []])
    assert.include(headers.link, `<${NUMBERS}?page=2&per_page=2>; rel="prev"`)
    assert.notInclude(headers.link, 'rel="next"')
  })

  it("200 a larger page is clamped", async () => {
    const { send } = await planted()
    for (const perPage of ["101", "1000000000", "99999999999999999999"]) {
      assert.strictEqual((await send("GET", `${NUMBERS}?per_page=${perPage}`)).body.per_page, 100)
    }
  })

  it.each<[string, ReadonlyArray<string | null>]>([
    ["label=home", ["home"]],
    ["label.eq=home", ["home"]],
    ["label=", [null]],
    ["label.not_eq=", ["home", "work", "cell"]],
    ["label.not_eq=home", ["work", "cell", null]],
    ["label.gt=cell", ["home", "work"]],
    ["label.gte=cell&label.lt=work", ["home", "cell"]],
    ["label.lte=home", ["home", "cell"]],
    ["label.gt=", []],
    ["country_code=44", ["cell"]],
    ["country_code=%2B44", ["cell"]],
    ["country_code=+44", ["cell"]],
    ["country_code.not_eq=44", ["home", "work", null]],
    ["country_code.gte=2", ["cell"]],
    ["country_code.lt=2", ["home", "work", null]],
    ["extension=007", [null]],
    ["extension=7", []],
    ["extension=", ["home", "cell"]],
    ["number=(541)+555-0987", ["work", null]],
    ["number=%2B15415550987", ["work", null]],
    ["number=+15415550987", ["work", null]],
    ["number=%20%2B15415550987", ["work", null]],
    ["number=541.555.0987+x5", ["work"]],
    ["number.not_eq=541-555-0987", ["home", "cell"]],
    ["number.not_eq=541-555-0987+x5", ["home", "cell", null]],
    ["number=020+7946+0958&country_code=44", ["cell"]],
    ["number=", []],
    ["updated_at.gt=2017-12-15T00:12:21Z", ["home", "work", "cell", null]],
    ["updated_at.lte=2017-12-15T00:12:21Z", []],
    ["id.gt=0&label=work&extension=5", ["work"]],
    ["", ["home", "work", "cell", null]],
    ["&&", ["home", "work", "cell", null]],
  ])("200 filtered by %s", async (query, expected) => {
    const { send } = await planted()
    assert.deepEqual(await labels(send, query), expected)
  })

  it.each<[string, ReadonlyArray<[string, string]>]>([
    ["per_page=0", [["per_page", "invalid_value"]]],
    ["per_page=-1", [["per_page", "invalid_value"]]],
    ["per_page=abc", [["per_page", "invalid_value"]]],
    ["per_page=1e9", [["per_page", "invalid_value"]]],
    ["per_page=", [["per_page", "invalid_value"]]],
    [
      "page=0&per_page=x",
      [
        ["page", "invalid_value"],
        ["per_page", "invalid_value"],
      ],
    ],
    [
      "label=a&label=b&page=0&colour=red&id=x",
      [
        ["label", "duplicate_parameter"],
        ["page", "invalid_value"],
        ["colour", "unknown_parameter"],
        ["id", "invalid_value"],
      ],
    ],
    [`page=${"9".repeat(20)}`, [["page", "invalid_value"]]],
    ["colour=red", [["colour", "unknown_parameter"]]],
    ["label.like=h", [["label.like", "unknown_parameter"]]],
    ["label.eq.eq=h", [["label.eq.eq", "unknown_parameter"]]],
    ["constructor=1", [["constructor", "unknown_parameter"]]],
    ["raw_number=1", [["raw_number", "unknown_parameter"]]],
    ["e164=%2B15415550987", [["e164", "unknown_parameter"]]],
    ["id%3D1%20OR%201=1", [["id=1 OR 1", "unknown_parameter"]]],
    ["label=a&label=b", [["label", "duplicate_parameter"]]],
    ["label=home&label.eq=work", [["label.eq", "duplicate_parameter"]]],
    ["number.eq=541-555-0987&number=541-555-0123", [["number", "duplicate_parameter"]]],
    ["label.gt=a&label.gt=b", [["label.gt", "duplicate_parameter"]]],
    ["label=%zz", [["label", "invalid_encoding"]]],
    ["label=%ff", [["label", "invalid_encoding"]]],
    ["id=abc", [["id", "invalid_value"]]],
    ["id=9007199254740992", [["id", "invalid_value"]]],
    ["extension=abc", [["extension", "invalid_value"]]],
    ["country_code.gt=x", [["country_code.gt", "invalid_country_code"]]],
    ["number=555-0123", [["number", "too_short"]]],
    ["number=%2B442079460958&country_code=1", [["number", "country_code_conflict"]]],
    ["updated_at=yesterday", [["updated_at", "invalid_value"]]],
    ["updated_at=2017-02-30", [["updated_at", "invalid_value"]]],
  ])("422 for %s", async (query, expected) => {
    const { send } = await planted()
    const { status, body } = await send("GET", `${NUMBERS}?${query}`)
    assert.strictEqual(status, 422)
    assert.strictEqual(body.error, "Unprocessable Entity")
    assert.deepEqual(
      body.problems.map(({ parameter, code }: Record<string, string>) => [parameter, code]),
      expected,
    )
  })

  it("422 names a parameter cut at 64 characters", async () => {
    const { send } = await planted()
    const { body } = await send("GET", `${NUMBERS}?${"x".repeat(65)}=1&${"y".repeat(65)}=%zz`)
    assert.deepEqual(
      body.problems.map(({ parameter }: { parameter: string }) => parameter),
      ["y".repeat(64), "x".repeat(64)],
    )
  })

  it("422 tells the first 100 problems", async () => {
    const { send } = await planted()
    const names = Array.from({ length: 2_000 }, (_, index) => `x${index}`)
    const { status, body } = await send("GET", `${NUMBERS}?${names.join("&")}`)
    assert.strictEqual(status, 422)
    assert.deepEqual(
      body.problems.map(({ parameter }: { parameter: string }) => parameter),
      names.slice(0, 100),
    )
  })

  it("404 before 422, for a client that is not there and for another account's", async () => {
    const { send } = await planted()
    assert.strictEqual((await send("GET", "/v9/clients/7/phone_numbers?per_page=0")).status, 404)
    assert.strictEqual((await send("GET", `${NUMBERS}?per_page=0`, undefined, { by: bob })).status, 404)
  })
})

describe("GET /v9/phone_numbers", () => {
  it.each(["(541)+555-0987", "+15415550987", "541.555.0987", "011+1+541+555+0987"])(
    "200 whose is %s",
    async (number) => {
      const { send, ids } = await planted()
      const { body: other } = await send("POST", "/v9/clients", {
        clients: [{ name: "Charles", phone_numbers: [{ number: "541-555-0987" }] }],
      })
      const { status, headers, body } = await send("GET", `/v9/phone_numbers?number=${number}`)
      assert.strictEqual(status, 200)
      assert.deepEqual(
        body.phone_numbers.map(({ url }: { url: string }) => url),
        [
          `/clients/${CLIENT}/phone_numbers/${ids[1]}`,
          `/clients/${CLIENT}/phone_numbers/${ids[3]}`,
          other.clients[0].phone_numbers[0].url,
        ],
      )
      assert.strictEqual(body.total_entries, 3)
      assert.include(headers.link, 'rel="last"')
    },
  )

  it("200 combined with other filters and paging", async () => {
    const { send, ids } = await planted()
    const { body } = await send("GET", "/v9/phone_numbers?number=5415550987&extension.not_eq=5&per_page=1")
    assert.deepEqual([body.total_entries, body.phone_numbers[0].id], [1, ids[3]])
  })

  it("200 nothing of another account", async () => {
    const { send } = await planted()
    const { body } = await send("GET", "/v9/phone_numbers?number=5415550987", undefined, { by: bob })
    assert.deepEqual([body.total_entries, body.phone_numbers], [0, []])
  })

  it.each(["", "number=", "number=+", "number.not_eq=5415550987", "label=home"])(
    "422 without a number: %j",
    async (query) => {
      const { send } = await planted()
      const { status, body } = await send("GET", `/v9/phone_numbers?${query}`)
      assert.deepEqual(
        [status, body.problems],
        [422, [{ parameter: "number", code: "blank", detail: "can't be blank" }]],
      )
    },
  )

  it.each([
    ["page=0&number.gt=1", ["page", "number.gt", "number"]],
    ["number=%zz", ["number"]],
    ["number=1", ["number"]],
  ])("422 names all that is wrong: %s", async (query, expected) => {
    const { send } = await planted()
    const { status, body } = await send("GET", `/v9/phone_numbers?${query}`)
    assert.strictEqual(status, 422)
    assert.deepEqual(
      body.problems.map(({ parameter }: { parameter: string }) => parameter),
      expected,
    )
  })

  it("401 for nobody", async () => {
    const { send } = await startService()
    assert.strictEqual((await send("GET", "/v9/phone_numbers?number=1", undefined, { by: null })).status, 401)
  })
})

describe("GET /v9/clients", () => {
  it("200 a page of the account's clients, with their numbers", async () => {
    const { send } = await planted()
    await send("POST", "/v9/clients", { clients: [{ name: "Charles" }, { name: "Bertha" }] })
    const { status, headers, body } = await send("GET", "/v9/clients?per_page=2", undefined, { by: ada })
    assert.strictEqual(status, 200)
    assert.deepInclude(body, { current_page: 1, per_page: 2, total_entries: 3 })
    assert.deepEqual(
      body.clients.map(({ name, phone_numbers }: { name: string; phone_numbers: [] }) => [name, phone_numbers.length]),
      [
        ["Ada Lovelace", 4],
        ["Charles", 0],
      ],
    )
    assert.include(headers.link, '</v9/clients?page=2&per_page=2>; rel="next"')
    assert.strictEqual((await send("GET", "/v9/clients", undefined, { by: bob })).body.total_entries, 0)
  })

  it("422 for a filter: it has none", async () => {
    const { send } = await startService()
    const { status, body } = await send("GET", "/v9/clients?name=Ada&page=x")
    assert.strictEqual(status, 422)
    assert.deepEqual(
      body.problems.map(({ parameter }: { parameter: string }) => parameter),
      ["page", "name"],
    )
  })
})
