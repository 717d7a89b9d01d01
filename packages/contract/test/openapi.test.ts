import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { expect } from "vitest"
import { errors, meanings, openApi, partsToSign } from "../src/index.ts"
import { operations } from "../src/openapi.ts"
import { failures } from "../src/openapi/failures.ts"
import { type Content, schemas } from "../src/openapi/answer.ts"

const namesIn = (schema: object): ReadonlyArray<keyof typeof schemas> =>
  [...JSON.stringify(schema).matchAll(/#\/components\/schemas\/(\w+)/gu)].map(
    ([, name]) => name as keyof typeof schemas,
  )

/** Every body of the document, by where it is. */
const contents: ReadonlyArray<readonly [where: string, content: Content]> = [
  ...Object.entries(operations).flatMap(([route, { request: content, answers }]) =>
    Object.entries({ request: { content }, ...answers }).flatMap(([part, { content: body }]) =>
      body ? [[`${route} ${part}`, body] as const] : [],
    ),
  ),
  ...Object.entries(failures).map(([name, { content }]) => [name, content!] as const),
]
const examples = contents.flatMap(([where, content]) =>
  Object.values(content).flatMap(({ schema, examples: titled }) =>
    Object.entries(titled).map(([title, { value }]) => ({ where, title, schema, value })),
  ),
)

describe("openApi", () => {
  it("is the document in openapi.json: `vitest run -u` writes it anew", async () => {
    await expect(`${JSON.stringify(openApi(), null, 2)}\n`).toMatchFileSnapshot("../openapi.json")
  })

  it.each(contents)("has an example of %s in every media type", (_, content) => {
    for (const { examples: titled } of Object.values(content)) assert.isNotEmpty(titled)
  })

  it.each(examples.filter(({ schema }) => namesIn(schema).length > 0))(
    "shows at $where a valid example: $title",
    ({ schema, value }) => {
      const valid = namesIn(schema).filter((name) => {
        const decode = Schema.decodeUnknownExit(schemas[name] as Schema.Codec<unknown>, { onExcessProperty: "error" })
        return decode(value)._tag === "Success"
      })
      assert.lengthOf(valid, 1)
    },
  )

  it("has an example of every error", () => {
    const shown = examples.map(({ value }) => (value as { readonly error?: string }).error)
    for (const error of Object.values(errors)) assert.include(shown, error)
  })

  it("tells every code and every error", () => {
    const { description } = openApi().info
    for (const code of Object.keys(meanings)) assert.include(description, `| \`${code}\` |`)
    for (const error of Object.values(errors)) assert.include(description, `| ${error} |`)
  })
})

describe("the source of partsToSign", () => {
  it("stands alone: a page that is served it makes the same string", () => {
    // oxlint-disable-next-line no-implied-eval, no-new-func
    const served = new Function(`return ${partsToSign}`)() as typeof partsToSign
    const request = { method: "GET", host: "h", target: "/p?b=1&a=2", body: "" }
    assert.deepEqual(served(request), partsToSign(request))
    assert.deepEqual(served({ ...request, body: "{}" }), ["GET h/p?", "{}"])
  })
})
