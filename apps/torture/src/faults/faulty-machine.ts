import { execFileSync } from "node:child_process"
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

type Errno = "EIO" | "ENOSPC" | "EROFS"
export type Fault =
  /** `on` a file of this name alone; else on each of the folder. */
  | { readonly calls: "read" | "write" | "sync"; readonly fail: Errno; readonly on?: string }
  /** Only once so many calls more have succeeded. */
  | { readonly calls: "write"; readonly fail: Errno; readonly on: string; readonly after: number }
  | { readonly calls: "sync"; readonly hold: true }
  | { readonly clockOffSeconds: number }

const orderOf = (fault: Fault, order: number): string => {
  if ("clockOffSeconds" in fault) return `clock ${fault.clockOffSeconds}`
  if ("hold" in fault) return "hold"
  const failing = `${fault.calls} ${constants.errno[fault.fail]} ${fault.on ?? ""}`
  return "after" in fault ? `${failing} ${fault.after} ${order}` : failing
}

export interface MachineOptions {
  /** Whether bytes that could not be synced are dropped from memory at once; else they stay there as if they had been. */
  readonly forgets?: boolean
}

const compile = (name: string, parent: string): string => {
  const library = join(parent, `${name}.so`)
  const source = fileURLToPath(new URL(`${name}.c`, import.meta.url))
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, source, "-ldl", "-lpthread"])
  return library
}

/** Makes the machine of a process fail when it is told to, for the files of one folder. Libraries and orders go beside. */
export const faultyMachine = (parent: string, folder: string, { forgets = false }: MachineOptions = {}) => {
  const order = join(parent, "fault")
  const [next, struck] = [`${order}.next`, `${order}.struck`]
  const disk = join(parent, "held")
  mkdirSync(disk)
  let orders = 0
  const libraries = ["disk", "faulty-machine"].map((name) => compile(name, parent))
  return {
    environment: {
      LD_PRELOAD: libraries.join(" "),
      FAULTS: order,
      FAULTS_FOLDER: folder,
      DISK: disk,
      ...(forgets && { DISK_FORGETS: "1" }),
      // io_uring would pass by libc.
      UV_USE_IO_URING: "0",
    },
    /** The database as it would be if the power failed now: a file of its own, with its log beside it. */
    afterPowerLoss: (): string => {
      const copy = mkdtempSync(join(parent, "after-power-loss-"))
      cpSync(disk, copy, { recursive: true })
      return join(copy, "phonebook.db")
    },
    /** From the next call on, instead of the fault before. */
    fail: (fault: Fault) => {
      rmSync(struck, { force: true })
      writeFileSync(next, orderOf(fault, (orders += 1)))
      // At once: between two faults there is no moment without one.
      renameSync(next, order)
    },
    /** Whether a fault that comes only `after` some calls has come. */
    hasStruck: () => existsSync(struck),
    mend: () => rmSync(order, { force: true }),
  }
}
