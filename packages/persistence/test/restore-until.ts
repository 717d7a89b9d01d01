import fs from "node:fs"
import { syncBuiltinESMExports } from "node:module"
import { Effect } from "effect"

// A process that restores a backup, and is killed before the n-th of the calls that change names or make them last.

const [, , file, from, call] = process.argv
let left = Number(call)

for (const name of ["chmodSync", "linkSync", "fsyncSync", "renameSync"] as const) {
  const original = fs[name] as (...args: ReadonlyArray<unknown>) => unknown
  Object.assign(fs, {
    [name]: (...args: ReadonlyArray<unknown>) => {
      if (left === 0) process.kill(process.pid, "SIGKILL")
      left -= 1
      return original(...args)
    },
  })
}
syncBuiltinESMExports()

const { restore } = await import("../src/restore.ts")
await Effect.runPromise(restore({ file: file!, from: from!, secretKey: undefined, now: new Date(0) }))
