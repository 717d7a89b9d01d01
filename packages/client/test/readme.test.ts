import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { assert, it } from "vitest"
import { startService } from "./service.ts"

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8")
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gmsu)].map(([, code]) => code!)

it("the examples of the README run as they stand, and print what they say", async () => {
  const { url } = await startService()
  const program = examples.join("\n").replaceAll("http://127.0.0.1:3000", url)
  const cwd = fileURLToPath(new URL("..", import.meta.url))
  const node = spawn(process.execPath, ["--input-type=module-typescript"], { cwd })
  node.stdin.end(program)
  const [printed, complaints] = await Promise.all([text(node.stdout), text(node.stderr), once(node, "close")])
  assert.strictEqual(complaints, "")

  const said = [...program.matchAll(/console\.log\(.*?\) \/\/ (.*)$/gmu)].flatMap(([, lines]) => lines!.split(" // "))
  assert.isAbove(said.length, 10)
  assert.deepEqual(printed.trimEnd().split("\n"), said)
})
