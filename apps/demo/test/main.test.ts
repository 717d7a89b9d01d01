import { spawn, spawnSync } from "node:child_process"
import { text } from "node:stream/consumers"
import { assert, describe, it } from "vitest"
import { launch, newFolder, PATH, start } from "./demo.ts"

/** What a command answers that is pasted into a terminal. */
const paste = async (command: string) => {
  const shell = spawn("sh", ["-c", command], { env: { PATH }, stdio: ["ignore", "pipe", "ignore"] })
  const answer = JSON.parse(await text(shell.stdout))
  assert.lengthOf(answer.phone_numbers, 1, JSON.stringify(answer))
  return answer.phone_numbers[0]
}

const idsIn = (printed: string) => [...printed.matchAll(/"id": (\d+)/gu)].map(([, id]) => Number(id))

const absent = ["curl", "openssl"].filter((name) => spawnSync(name, ["--version"]).error !== undefined)
const skipped = absent.length === 0 ? "" : ` (not here: there is no ${absent.join(", no ")})`

describe("the demo", () => {
  it("shows the documented exchanges, and again on the data that it finds", async () => {
    const folder = newFolder()
    for (const ids of [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ]) {
      const { printed, stop } = await start(folder)
      assert.match(printed, /^Phonebook on http:\/\/127\.0\.0\.1:\d+, its data in data\/demo\.db\./u)
      assert.lengthOf(printed.match(/^< 201 Created$/gmu)!, 2)
      assert.deepEqual(idsIn(printed), ids)
      assert.deepEqual(await stop(), { code: 0, stdout: printed, stderr: "" })
    }
  })

  it.skipIf(absent.length > 0)(`prints commands that work as they are pasted, and edited${skipped}`, async () => {
    const { signed, withCurlAlone, stop } = await start(newFolder())
    assert.deepInclude(await paste(withCurlAlone), { id: 5, number: "504-555-0199", label: "mine" })
    assert.deepInclude(await paste(signed), { id: 6, country_code: "44", number: "20-7946-0958" })
    const edited = signed.replace("+44 20 7946 0958", "+49 30 123456")
    assert.notStrictEqual(edited, signed)
    assert.deepInclude(await paste(edited), { id: 7, country_code: "49", number: "30-123456" })
    assert.strictEqual((await stop()).code, 0)
  })

  it("ends after the exchanges where it is told --once", async () => {
    const { exit, said } = launch(newFolder(), ["--once"])
    assert.strictEqual(await exit(), 0)
    assert.deepEqual(idsIn(said.stdout), [1, 2, 3, 4])
    assert.notInclude(said.stdout, "Your turn")
  })

  it("names a PORT that is none, in one line", async () => {
    const { exit, said } = launch(newFolder(), [], { PORT: "abc" })
    assert.strictEqual(await exit(), 1)
    assert.strictEqual(said.stderr, "The demo did not run: PORT must be a port number from 0 to 65535\n")
    assert.strictEqual(said.stdout, "")
  })
})
