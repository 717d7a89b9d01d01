import { spawn } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { assert, it } from "vitest"

// Here, and not in its own package, whose tests do without input and output.
const DOMAIN = new URL("../../../packages/domain/", import.meta.url)
const readme = readFileSync(new URL("README.md", DOMAIN), "utf8")
const examples = [...readme.matchAll(/^```ts\n(.*?)^```$/gmsu)].map(([, code]) => code!)

it.each(examples)("the example of the README runs as it stands, and prints what it says: %#", async (program) => {
  const cwd = fileURLToPath(DOMAIN)
  const node = spawn(process.execPath, ["--input-type=module-typescript"], { cwd })
  node.stdin.end(program)
  const [printed, complaints] = await Promise.all([text(node.stdout), text(node.stderr), once(node, "close")])
  assert.strictEqual(complaints, "")
  const said = [...program.matchAll(/console\.log\(.*\) \/\/ (.*)$/gmu)].map(([, line]) => line!)
  assert.isNotEmpty(said)
  assert.deepEqual(printed.trimEnd().split("\n"), said)
})
