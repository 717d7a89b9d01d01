import { spawn, spawnSync } from "node:child_process"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "vitest"
import { newFolder, PATH, start } from "./demo.ts"

const DOCUMENT = readFileSync(new URL("../../../docs/signing.md", import.meta.url), "utf8")
const programs = [...DOCUMENT.matchAll(/```(\w+)\n(.*?)```/gsu)].map(
  ([, language, program]) => [language!, program!] as const,
)

/** What runs a file of each language, and how it is asked whether it is there. */
const COMMANDS: Readonly<Record<string, readonly [file: string, version: string, ...command: ReadonlyArray<string>]>> =
  {
    python: ["create.py", "--version", "python3"],
    ruby: ["create.rb", "--version", "ruby"],
    php: ["create.php", "--version", "php"],
    go: ["create.go", "version", "go", "run"],
    java: ["Create.java", "--version", "java"],
  }

describe("a signed create", () => {
  for (const [language, program] of programs) {
    const [file, version, command, ...args] = COMMANDS[language]!
    const absent = spawnSync(command!, [version]).status !== 0
    const skipped = absent ? ` (not here: there is no ${command})` : ""
    it.skipIf(absent)(`works in ${language} as it is documented${skipped}`, async () => {
      const folder = newFolder()
      const { stop, url } = await start(folder)
      writeFileSync(join(folder, file), program.replace("http://127.0.0.1:3000", url))
      // The compilers keep their caches in the folder too.
      const env = { PATH, HOME: folder }
      const child = spawn(command!, [...args, file], { cwd: folder, env, stdio: ["ignore", "pipe", "inherit"] })
      const answer = JSON.parse(await text(child.stdout))
      assert.deepInclude(answer.phone_numbers[0], { label: language, number: "504-555-0123" })
      await stop()
    })
  }
})
