import { assert, describe, it } from "@effect/vitest"
import { MAX_ITEMS, openApi } from "@phonebook/contract"
import { FILTER_FIELDS, MAX_CLIENTS_PER_REQUEST, MAX_PHONE_NUMBERS_PER_REQUEST, Unavailable } from "@phonebook/domain"
import { Ajv2020 } from "ajv/dist/2020.js"
import { Effect } from "effect"
import { MAX_BODY_BYTES } from "../src/body.ts"
import { type Answer, CLIENT, NUMBERS, type SendOptions, type ServiceOptions, startService } from "./service.ts"

const document = openApi()

/** What the document says, without a reference at its top. */
const resolve = (value: object, pointer: string): ReturnType<typeof JSON.parse> => {
  if (!("$ref" in value)) return { ...value, pointer }
  const names = String(value.$ref).slice(2).split("/")
  const found = names.reduce<ReturnType<typeof JSON.parse>>((from, name) => from[name], document)
  return { ...found, pointer: value.$ref }
}
const escape = (name: string) => name.replaceAll("~", "~0").replaceAll("/", "~1")

const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).flatMap(([method, operation]) =>
    Object.entries(operation.responses).map(([status, response]) => ({
      operation,
      method: method.toUpperCase(),
      path,
      status: Number(status),
      response: resolve(response as object, `#/paths/${escape(path)}/${method}/responses/${status}`),
    })),
  ),
)
type Documented = (typeof documented)[number]

// Held stricter than the document is written, so that no key goes unmentioned.
const strict = JSON.parse(JSON.stringify(document), (key, value) =>
  key === "additionalProperties" ? value !== true && value : value,
)
const ajv = new Ajv2020({ strict: false, allErrors: true }).addSchema(strict, "document")

/** Sends one request to a service of its own that holds one phone number, and makes it fail where told to. */
const exchange = async (
  { method, path, operation }: Pick<Documented, "method" | "path" | "operation">,
  change: { readonly target?: (target: string) => string; readonly body?: unknown } & SendOptions = {},
  options: ServiceOptions = {},
): Promise<Answer> => {
  const { send } = await startService(options)
  const first = await send("POST", NUMBERS, { phone_numbers: [{ number: "504-555-0123" }] }, { headers: KEY })
  const id = first.body.phone_numbers?.[0].id
  const examples = Object.values(operation.requestBody?.content["application/json"]?.examples ?? {})
  const given = path
    .replace("{client_id}", `${CLIENT}`)
    .replace("{id}", `${id}`)
    .replace("{file}", "page.css")
    .replace(/^\/v9\/phone_numbers$/u, "$&?number=504-555-0123")
  const target = change.target?.(given) ?? given
  const body = "body" in change ? change.body : examples[0]?.value
  return send(method, target, body, change)
}

const KEY = { "idempotency-key": "first" }
const broken = {
  run: () => Effect.die("broken"),
  read: () => Effect.die("broken"),
  ready: Effect.die("broken"),
  healthy: Effect.die("broken"),
}
const full = new Unavailable({ reason: "full" })
const unavailable = {
  run: () => Effect.fail(full),
  read: () => Effect.fail(full),
  ready: Effect.fail(full),
  healthy: Effect.fail(full),
}

/** How each failure is come by, whatever the operation. */
const failing: Readonly<Record<number, (documented: Documented) => Promise<Answer>>> = {
  304: async (operation) => {
    const { headers } = await exchange(operation)
    return exchange(operation, { headers: { "if-none-match": headers.etag! } })
  },
  400: (operation) => exchange(operation, { headers: { "idempotency-key": "k".repeat(256) } }),
  401: (operation) => exchange(operation, { by: null }),
  404: (operation) =>
    exchange(operation, { target: (target) => target.replace(`${CLIENT}`, "1").replace("page.css", "page") }),
  412: (operation) => exchange(operation, { headers: { "if-match": '"99"' } }),
  413: (operation) => exchange(operation, { body: "x".repeat(MAX_BODY_BYTES + 1) }),
  422: (operation) => {
    if (operation.method === "GET")
      return exchange(operation, { target: (target) => `${target.split("?")[0]}?colour=red` })
    return operation.method === "DELETE"
      ? exchange(operation, { headers: KEY })
      : exchange(operation, { body: { clients: [{}], phone_numbers: [{}], name: "", number: "555" } })
  },
  500: (operation) => exchange(operation, {}, { unitOfWork: () => broken }),
  503: (operation) => exchange(operation, {}, { unitOfWork: () => unavailable }),
}

/** Headers that an answer has only sometimes. */
const OCCASIONAL = ["Idempotency-Replayed", "WWW-Authenticate"]

describe("the document", () => {
  it("has the routes of the app, and no others", async () => {
    const { app, send } = await startService()
    const paths = [...new Set(app.routes.map(({ path }) => path))].filter((path) => !path.endsWith("*"))
    const routes = await Promise.all(
      paths.map(async (path) => {
        // No route takes it, and each says what it takes.
        const { headers } = await send("PATCH", path)
        const methods = headers["allow"]!.split(", ").filter((method) => method !== "HEAD")
        return methods.map((method) => `${method} ${path.replaceAll(/:(\w+)/gu, "{$1}")}`)
      }),
    )
    const described = documented.map(({ method, path }) => `${method} ${path}`)
    assert.sameMembers(routes.flat(), [...new Set(described)])
  })

  it.each(documented)("says what $method $path answers with $status", async (operation) => {
    const { status, response } = operation
    const answer = await (failing[status] ?? exchange)(operation)
    assert.strictEqual(answer.status, status)
    for (const name of Object.keys(response.headers ?? {}).filter((each) => !OCCASIONAL.includes(each))) {
      assert.isDefined(answer.headers[name.toLowerCase()], name)
    }
    const type = answer.text === "" ? undefined : answer.headers["content-type"]!.split(";")[0]!
    if (type === undefined) return assert.notProperty(response, "content")
    assert.property(response.content, type)
    if (type !== "application/json") return
    const validate = ajv.compile({ $ref: `document${response.pointer}/content/${escape(type)}/schema` })
    assert.isTrue(validate(answer.body), JSON.stringify(validate.errors))
  })

  it("has the limits of the rules", () => {
    assert.deepEqual([MAX_PHONE_NUMBERS_PER_REQUEST, MAX_CLIENTS_PER_REQUEST], [MAX_ITEMS, MAX_ITEMS])
  })

  it("has every filter, with every operator it names", async () => {
    const { send } = await startService()
    const fields = FILTER_FIELDS.map((field) => field.replaceAll(/[A-Z]/gu, (letter) => `_${letter.toLowerCase()}`))
    const parameters = document.paths[NUMBERS.replace(`${CLIENT}`, "{client_id}")]!.get!.parameters.map((each) =>
      resolve(each, ""),
    )
    const queries = parameters.filter((parameter) => parameter.in === "query").map(({ name }) => name)
    assert.sameMembers(queries, [...fields, "comparisons", "page", "per_page"])

    const pattern = new RegExp(document.components.parameters.Comparisons.schema.propertyNames.pattern, "u")
    for (const name of fields.flatMap((field) =>
      ["eq", "not_eq", "gt", "gte", "lt", "lte"].map((op) => `${field}.${op}`),
    )) {
      assert.match(name, pattern)
      assert.strictEqual((await send("GET", `${NUMBERS}?${name}=`)).status, 200)
    }
  })

  it("is served as it is, to anybody", async () => {
    const { send } = await startService()
    const { status, headers, body } = await send("GET", "/openapi.json", undefined, { by: null })
    assert.deepEqual([status, headers["content-type"]], [200, "application/json; charset=utf-8"])
    assert.deepEqual(body, JSON.parse(JSON.stringify(document)))
  })
})
