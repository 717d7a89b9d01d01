import { rmSync } from "node:fs"
import { mkdtemp, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { parseArgs } from "node:util"
import type { Figure, Row } from "./figure.ts"
import { createsBesideEcho } from "./figures/creates-beside-echo.ts"
import { createsBesidePeers } from "./figures/creates-beside-peers.ts"
import { createsBesideReaders } from "./figures/creates-beside-readers.ts"
import { domainReading } from "./figures/domain-reading.ts"
import { growth } from "./figures/growth.ts"
import { memory } from "./figures/memory.ts"
import { numbersInHundreds } from "./figures/numbers-in-hundreds.ts"
import { overload } from "./figures/overload.ts"
import { readsOnASlowDisk } from "./figures/reads-on-a-slow-disk.ts"
import { tailAt256Connections } from "./figures/tail-at-256-connections.ts"
import { describeMachine, machine } from "./machine.ts"
import { table } from "./table.ts"

const usage = `pnpm bench [figure …] [--quick] [--peers] [--overload] [--growth] [--rows 10000000] [--memory 200000] [--json FILE]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    overload: { type: "boolean", default: false },
    growth: { type: "boolean", default: false },
    rows: { type: "string", default: "10000000" },
    memory: { type: "string" },
    json: { type: "string" },
  },
})

const figures: Readonly<Record<string, readonly [figure: Figure, byDefault: boolean]>> = {
  "creates-beside-echo": [createsBesideEcho, true],
  "creates-beside-peers": [createsBesidePeers, values.peers],
  "numbers-in-hundreds": [numbersInHundreds, true],
  "reads-on-a-slow-disk": [readsOnASlowDisk, true],
  "creates-beside-readers": [createsBesideReaders, true],
  "tail-at-256-connections": [tailAt256Connections, true],
  "domain-reading": [domainReading, true],
  memory: [memory, true],
  overload: [overload, values.overload],
  growth: [growth, values.growth],
}
const unknown = positionals.filter((name) => !Object.hasOwn(figures, name))
if (unknown.length > 0) throw new Error(`no figure ${unknown.join(", ")}: there are ${Object.keys(figures).join(", ")}`)

const wholeNumber = (name: string, text: string): number => {
  if (!/^[1-9]\d{0,8}$/u.test(text)) throw new Error(`--${name} must be a whole number from 1 on: ${usage}`)
  return Number(text)
}

const say = (line: string) => process.stdout.write(`${line}\n`)
const folder = await mkdtemp(join(tmpdir(), "phonebook-bench-"))
// Of a failure the logs of the servers tell more than we can.
process.once("exit", (code) => (code === 1 ? say(`kept ${folder}`) : rmSync(folder, { recursive: true, force: true })))

const facts = machine(folder)
say(describeMachine(facts))

const bench = {
  folder,
  rounds: values.quick ? 5 : 9,
  seconds: values.quick ? 1 : 4,
  memoryRequests: wholeNumber("memory", values.memory ?? (values.quick ? "20000" : "200000")),
  growthRows: wholeNumber("rows", values.rows),
  say,
}
const rows: Array<Row & { readonly figure: string }> = []
for (const [name, [figure, byDefault]] of Object.entries(figures)) {
  if (positionals.length > 0 ? !positionals.includes(name) : !byDefault) continue
  const began = performance.now()
  const measured = await figure(bench)
  rows.push(...measured.map((one) => ({ figure: name, ...one })))
  say(`\n${name}, ${((performance.now() - began) / 1000).toFixed(0)} s\n${table(measured)}`)
}
if (values.json !== undefined)
  await writeFile(values.json, `${JSON.stringify({ machine: facts, options: values, rows }, null, 2)}\n`)
