import { existsSync, readFileSync } from "node:fs"

/** Only Linux tells what another process takes. */
export const hasProc = existsSync("/proc/self/stat")

/** The resident set of a process, in MB. */
export const residentMegabytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, "utf8"))![1]) / 1024

/** What a process has had of the processors, all its threads, in microseconds: to a hundredth of a second. */
export const processorMicros = (pid: number): number => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  // Counted from behind the name, which may hold spaces: user and system time, in ticks.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
  return (Number(fields[11]) + Number(fields[12])) * 10_000
}
