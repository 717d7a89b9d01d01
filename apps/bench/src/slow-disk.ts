import { execFile } from "node:child_process"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const SOURCE = fileURLToPath(new URL("slow-disk.c", import.meta.url))

const run = promisify(execFile)

/** The fsync of libuv, which file handles of Node use: SQLite's own is seen in what an answer takes. */
const timeOneFsync = `
const { closeSync, fdatasyncSync, openSync } = require("node:fs")
const file = openSync(process.argv[1], "w")
const began = performance.now()
fdatasyncSync(file)
console.log(performance.now() - began)
closeSync(file)`

/** The environment that makes every fsync of a process slower, or undefined where that cannot be had. */
export const slowDisk = async (folder: string, millis: number): Promise<Record<string, string> | undefined> => {
  const library = join(folder, "slow-disk.so")
  // io_uring would pass by libc.
  const env = { LD_PRELOAD: library, SLOW_DISK_MILLIS: String(millis), UV_USE_IO_URING: "0" }
  try {
    await run("cc", ["-O2", "-shared", "-fPIC", "-o", library, SOURCE, "-ldl"])
    const { stdout } = await run(process.execPath, ["-e", timeOneFsync, join(folder, "slow-disk.probe")], { env })
    return Number(stdout) >= millis ? env : undefined
  } catch {
    return undefined
  }
}
