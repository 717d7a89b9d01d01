import { createHmac } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { partsToSign } from "../src/index.ts"
import vectors from "./signing-vectors.json" with { type: "json" }

const stringToSign = (request: Parameters<typeof partsToSign>[0]): string => {
  const [head, tail] = partsToSign(request)
  assert.isString(tail)
  return head + (tail as string)
}

const get = (target: string) => stringToSign({ method: "GET", host: "h", target, body: "" })

describe("partsToSign", () => {
  it.each(vectors)("makes the documented $string_to_sign", ({ secret, string_to_sign, signature }) => {
    const [, method, host, path, rest] = /^([A-Z]+) ([^/]+)([^?]*)\?(.*)$/su.exec(string_to_sign)!
    const request = { method: method!, host: host!, target: path!, body: "" }
    const [head, tail] = partsToSign(
      rest!.startsWith("{")
        ? { ...request, body: new TextEncoder().encode(rest) }
        : { ...request, target: `${path}?${rest}` },
    )
    assert.strictEqual(createHmac("sha256", secret).update(head, "latin1").update(tail).digest("base64"), signature)
  })

  it("always has the question mark", () => {
    assert.strictEqual(get("/v9/clients"), "GET h/v9/clients?")
    assert.strictEqual(get("/v9/clients?"), "GET h/v9/clients?")
  })

  it.each([
    ["b=2&a=1", "a=1&b=2"],
    ["a=2&b=0&a=1", "a=2&a=1&b=0"],
    ["&&a=1&&b=2&", "a=1&b=2"],
    ["b&a", "a&b"],
    ["=x&a=1", "=x&a=1"],
    // By the name alone: of a pair and its longer neighbour the shorter name is first, whatever sorts below "=".
    ["a!=1&a=2", "a=2&a!=1"],
    ["ab=1&a=2", "a=2&ab=1"],
    ["a=1=0&a=1", "a=1=0&a=1"],
    // By the bytes as sent: upper case before lower, nothing decoded.
    ["b=1&B=1&%61=1", "%61=1&B=1&b=1"],
    ["q=a+b&p=%7E%20'[]~", "p=%7E%20'[]~&q=a+b"],
    ["a=1?b=2", "a=1?b=2"],
    ["number.eq=%2B1&id.gt=5", "id.gt=5&number.eq=%2B1"],
  ])("sorts the pairs of %s by name, stably, as they were sent", (query, sorted) => {
    assert.strictEqual(get(`/p?${query}`), `GET h/p?${sorted}`)
  })

  it("leaves the path as it was sent", () => {
    assert.strictEqual(get("//a/../it's/%7E[1]+?x"), "GET h//a/../it's/%7E[1]+?x")
  })

  it("takes the bytes of the body, not the query beside it", () => {
    const body = Uint8Array.of(0xff, 0)
    assert.deepEqual(partsToSign({ method: "POST", host: "h", target: "/p?a=1", body }), ["POST h/p?", body])
    assert.deepEqual(partsToSign({ method: "POST", host: "h", target: "/p?a=1", body: "{}" }), ["POST h/p?", "{}"])
  })

  it("takes the query where the body is empty", () => {
    const [, tail] = partsToSign({ method: "POST", host: "h", target: "/p?b=1&a=1", body: new Uint8Array() })
    assert.strictEqual(tail, "a=1&b=1")
  })

  it("writes the host as the signer did", () => {
    for (const host of ["api.example.com", "api.example.com:8443", "http://api.example.com:8443", "[::1]"]) {
      assert.strictEqual(stringToSign({ method: "GET", host, target: "/p", body: "" }), `GET ${host}/p?`)
    }
  })
})
