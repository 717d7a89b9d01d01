import { execFileSync } from "node:child_process"
import { rmSync, writeFileSync } from "node:fs"
import { constants } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const SOURCE = fileURLToPath(new URL("faulty-machine.c", import.meta.url))

type Errno = "EIO" | "ENOSPC" | "EROFS"
export type Fault =
  | { readonly calls: "write" | "sync"; readonly fail: Errno; readonly on?: string }
  | { readonly calls: "sync"; readonly hold: true }
  | { readonly clockOffSeconds: number }

const orderOf = (fault: Fault): string => {
  if ("clockOffSeconds" in fault) return `clock ${fault.clockOffSeconds}`
  return "hold" in fault ? "hold" : `${fault.calls} ${constants.errno[fault.fail]} ${fault.on ?? ""}`
}

/** Makes the machine of a process fail when it is told to, for the files of one folder. The library and orders go beside. */
export const faultyMachine = (parent: string, folder: string) => {
  const [library, order] = [join(parent, "faulty-machine.so"), join(parent, "fault")]
  execFileSync("cc", ["-shared", "-fPIC", "-O2", "-o", library, SOURCE, "-ldl"])
  return {
    /** What the process is started with; io_uring would pass by libc. */
    environment: { LD_PRELOAD: library, FAULTS: order, FAULTS_FOLDER: folder, UV_USE_IO_URING: "0" },
    /** From the next call on, instead of the fault before. */
    fail: (fault: Fault) => writeFileSync(order, orderOf(fault)),
    mend: () => rmSync(order, { force: true }),
  }
}
