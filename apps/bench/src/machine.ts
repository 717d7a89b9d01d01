import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, statfsSync, writeSync } from "node:fs"
import { createRequire } from "node:module"
import { cpus, loadavg, release, totalmem, type } from "node:os"
import { join } from "node:path"
import { percentile } from "./statistics.ts"

/** What statfs says of a file system that is memory: there an fsync costs nothing. */
const TMPFS = 0x01021994

/** What one fdatasync after a write of 4 KiB takes where the databases lie, in milliseconds. */
const syncMillis = (folder: string): ReadonlyArray<number> => {
  const path = join(folder, "sync.probe")
  const file = openSync(path, "w")
  const block = Buffer.alloc(4096, 1)
  const millis = Array.from({ length: 200 }, () => {
    writeSync(file, block)
    const began = performance.now()
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  rmSync(path)
  return millis
}

const versionOf = (name: string, from: string): string => {
  // Not every package lets its package.json be required, but each has it above its entry point.
  const entry = createRequire(new URL(from, import.meta.url)).resolve(name)
  const folder = entry.slice(0, entry.lastIndexOf(`/node_modules/${name}/`) + `/node_modules/${name}/`.length)
  return JSON.parse(readFileSync(`${folder}package.json`, "utf8")).version
}

/** What the figures depend on and a reader cannot see in them. */
export const machine = (folder: string) => {
  const millis = syncMillis(folder)
  const here = import.meta.url
  const ofPersistence = "../../../packages/persistence/package.json"
  return {
    date: new Date().toISOString().slice(0, 10),
    processors: `${cpus().length} × ${cpus()[0]?.model ?? "unknown"}`,
    memoryGigabytes: Math.round(totalmem() / 1024 ** 3),
    system: `${type()} ${release()}`,
    /** One minute's average before anything was measured: much above 0 says that others work here too. */
    loadBefore: Math.round(loadavg()[0]! * 10) / 10,
    inMemoryDisk: statfsSync(folder).type === TMPFS,
    syncP50Millis: Math.round(percentile(millis, 0.5) * 1000) / 1000,
    syncP99Millis: Math.round(percentile(millis, 0.99) * 1000) / 1000,
    versions: {
      node: process.versions.node,
      hono: versionOf("hono", here),
      "@hono/node-server": versionOf("@hono/node-server", here),
      effect: versionOf("effect", here),
      "libphonenumber-js": versionOf("libphonenumber-js", here),
      "better-sqlite3": versionOf("better-sqlite3", ofPersistence),
      "drizzle-orm": versionOf("drizzle-orm", ofPersistence),
    },
  }
}

export type Machine = ReturnType<typeof machine>

export const describeMachine = (facts: Machine): string =>
  [
    `${facts.date} · ${facts.processors}, ${facts.memoryGigabytes} GB · ${facts.system} · load ${facts.loadBefore} before`,
    Object.entries(facts.versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(" · "),
    facts.inMemoryDisk
      ? "the databases lie in memory (tmpfs): nothing is durable here, choose a disk with TMPDIR"
      : `the disk: fdatasync p50 ${facts.syncP50Millis} ms, p99 ${facts.syncP99Millis} ms`,
  ].join("\n")
