import { execFileSync } from "node:child_process"
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "rolldown"
import { assert, it, onTestFinished } from "vitest"
import config from "../rolldown.config.ts"

const pathOf = (relative: string) => fileURLToPath(new URL(relative, import.meta.url))
const manifest = JSON.parse(readFileSync(pathOf("../package.json"), "utf8"))
const compiler = pathOf("../../../node_modules/typescript/bin/tsc")
const run = (...args: ReadonlyArray<string>) => {
  try {
    return execFileSync(process.execPath, args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    throw new Error(stdout + stderr, { cause: error })
  }
}

const program = `
import { createPhonebookClient, type PhoneNumber, PhonebookError } from "@phonebook/client"

const fetch = async () => Response.json({ phone_numbers: [{ id: 7 }] })
const phonebook = createPhonebookClient({ baseUrl: "http://127.0.0.1", token: "t", secret: "s", fetch })
const created: PhoneNumber = await phonebook.phoneNumbers.create(168019, { number: "504-555-0123", is_primary: true })
console.log(created.id)

export const kindOf = (error: unknown) => (error instanceof PhonebookError ? error.kind : undefined)

// @ts-expect-error types that could not be found would take anything
export const wrong = () => phonebook.phoneNumbers.create(168019, { label: 7 })
`

it("what is published stands alone: a program of somebody else compiles against it, and runs", async () => {
  const folder = mkdtempSync(join(tmpdir(), "phonebook-client-"))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const installed = join(folder, "node_modules/@phonebook/client")
  mkdirSync(installed, { recursive: true })

  // As `prepack` makes it, and no more than `files` lists.
  assert.deepEqual(manifest.files, ["dist/index.js", "dist/src/**/*.d.ts"])
  assert.notProperty(manifest, "dependencies")
  const { publishConfig, ...rest } = manifest
  writeFileSync(join(installed, "package.json"), JSON.stringify({ ...rest, ...publishConfig }))
  await build({ ...config, output: { ...config.output, file: join(installed, "dist/index.js") } })
  const declarations = {
    extends: pathOf("../../../tsconfig.base.json"),
    compilerOptions: {
      rootDir: pathOf("../src"),
      outDir: join(installed, "dist/src"),
      lib: ["ES2024", "DOM", "DOM.Iterable"],
      composite: false,
      emitDeclarationOnly: true,
    },
    files: [pathOf("../src/index.ts")],
  }
  writeFileSync(join(folder, "declarations.json"), JSON.stringify(declarations))
  run(compiler, "-p", join(folder, "declarations.json"))

  const strict = { strict: true, exactOptionalPropertyTypes: true, skipLibCheck: false, noEmit: true }
  const compilerOptions = { ...strict, target: "ES2022", module: "NodeNext", lib: ["ES2022", "DOM"], types: [] }
  writeFileSync(join(folder, "package.json"), '{"type":"module"}')
  writeFileSync(join(folder, "program.ts"), program)
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts"] }))
  run(compiler, "-p", folder)
  assert.strictEqual(run(join(folder, "program.ts")), "7\n")

  // What an editor shows of each kind of failure.
  assert.include(readFileSync(join(installed, "dist/src/failure.d.ts"), "utf8"), "The token is unknown or was revoked.")
})
