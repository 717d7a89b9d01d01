import type { StoreObserver } from "@phonebook/persistence"
import { Counter, Gauge, Histogram, Registry } from "prom-client"

/** What the service counts, of its requests and of its store. */
export interface Metrics extends StoreObserver {
  /** An answered request; `route` is its pattern, never the URL. */
  readonly request: (request: {
    readonly method: string
    readonly route: string
    readonly status: number
    /** Where it can be told. */
    readonly seconds: number | undefined
  }) => void
  /** Told how to count those who wait for their turn somewhere; shown is the sum. */
  readonly watchTurns: (waiting: () => number) => void
  /** All of it in Prometheus' text format. */
  readonly text: () => Promise<string>
}

/** From a tenth of a millisecond: a durable create on a fast disk takes about one. */
const SECONDS = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]
const PROGRAMS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096]

const remember = <Labels extends ReadonlyArray<string | number>, Child>(make: (...labels: Labels) => Child) => {
  const children = new Map<string, Child>()
  return (...labels: Labels): Child => {
    const key = labels.join(" ")
    const child = children.get(key) ?? make(...labels)
    children.set(key, child)
    return child
  }
}

export const makeMetrics = (): Metrics => {
  const register = new Registry()
  const registers = [register]
  const requests = new Counter({
    name: "phonebook_http_requests_total",
    help: "Answered requests",
    labelNames: ["method", "route", "status"],
    registers,
  })
  const latency = new Histogram({
    name: "phonebook_http_request_duration_seconds",
    help: "Time from a request's headers to its answer",
    labelNames: ["method", "route"],
    buckets: SECONDS,
    registers,
  })
  const programs = new Histogram({
    name: "phonebook_commit_programs",
    help: "Programs that shared a group commit",
    buckets: PROGRAMS,
    registers,
  })
  const commit = new Histogram({
    name: "phonebook_commit_duration_seconds",
    help: "Time of a group commit, until it is on the disk",
    buckets: SECONDS,
    registers,
  })

  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  gauge("process_resident_memory_bytes", "Resident memory", () => process.memoryUsage.rss())
  const turns: Array<() => number> = []
  gauge("phonebook_http_requests_waiting", "Requests that wait for their turn", () =>
    turns.reduce((sum, waiting) => sum + waiting(), 0),
  )

  // Labelled once per route: the library sorts and joins the labels at every call.
  const requestsOf = remember((method: string, route: string, status: number) =>
    requests.labels({ method, route, status }),
  )
  const latencyOf = remember((method: string, route: string) => latency.labels({ method, route }))

  return {
    request: ({ method, route, status, seconds }) => {
      requestsOf(method, route, status).inc()
      if (seconds !== undefined) latencyOf(method, route).observe(seconds)
    },
    committed: (count, seconds) => {
      programs.observe(count)
      commit.observe(seconds)
    },
    watch: (figures) => {
      gauge("phonebook_commit_queue_programs", "Programs that wait for a commit", () => figures().waiting)
      gauge("phonebook_wal_bytes", "Size of the write-ahead log", () => figures().walBytes)
    },
    watchTurns: (waiting) => void turns.push(waiting),
    text: () => register.metrics(),
  }
}
