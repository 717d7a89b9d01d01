import { serviceLinks } from "@phonebook/contract"
import { Unavailable, UnitOfWork } from "@phonebook/domain"
import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import type { Metrics } from "../metrics.ts"
import type { Step } from "../run.ts"

/** `GET /` */
export const root: Step = () =>
  Effect.succeed({
    status: 200,
    body: { name: "phonebook", version: manifest.version, links: serviceLinks },
  })

/** `GET /healthz`: the process answers, and need not be started anew. */
export const healthz: Step = () =>
  Effect.as(
    UnitOfWork.use(({ healthy }) => healthy),
    { status: 200, body: { status: "ok" } },
  )

/** `GET /readyz`: it takes writes, and will for a while. */
export const readyz = (draining: () => boolean): Step =>
  Effect.fnUntraced(function* () {
    if (draining()) return yield* new Unavailable({ reason: "draining" })
    const unitOfWork = yield* UnitOfWork
    yield* unitOfWork.ready
    return { status: 200, body: { status: "ready" } }
  })

/** `GET /metrics` */
export const showMetrics =
  (metrics: Metrics): Step =>
  () =>
    Effect.map(Effect.promise(metrics.text), (body) => ({
      status: 200,
      body,
      headers: { "content-type": PROMETHEUS_TEXT },
    }))

const PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8"
