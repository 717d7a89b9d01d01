import type { UnitOfWork } from "@phonebook/domain"
import { type Context, Effect } from "effect"
import { Hono } from "hono"
import { compress } from "hono/compress"
import { type Env, respond } from "./answer.ts"
import { MethodNotAllowed, RouteNotFound } from "./failures.ts"
import { describeFault, type Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"
import { accessLog } from "./middleware/access-log.ts"
import { authenticate } from "./middleware/authenticate.ts"
import { requestId } from "./middleware/request-id.ts"
import { fault } from "./problems.ts"
import { createClients, listClients, showClient, updateClient } from "./routes/clients.ts"
import { showFile, showOpenApi, showPage } from "./routes/documentation.ts"
import {
  createPhoneNumbers,
  deletePhoneNumber,
  findPhoneNumbers,
  listPhoneNumbers,
  showPhoneNumber,
  updatePhoneNumber,
} from "./routes/phone-numbers.ts"
import { fromHereOr, healthz, readyz, root, showMetrics } from "./routes/service.ts"
import { type Guard, makeRun, type Step } from "./run.ts"

export interface AppOptions {
  /** What the use cases need, built from the layers by `main.ts`. */
  readonly context: Context.Context<UnitOfWork>
  readonly log: Log
  readonly metrics: Metrics
  /** Whether the service is about to stop. */
  readonly draining: () => boolean
  /** Digits only: what a number without a code is read under. */
  readonly defaultCountryCode: string
  /** Whether `Authorization: Basic` is accepted beside the signature. */
  readonly basicAuth: boolean
  /** Further names that a caller may have signed as the host. */
  readonly hosts: ReadonlyArray<string>
}

/** Lets every request through. */
const anyone: Guard = () => Effect.void

type Method = "GET" | "POST" | "PUT" | "DELETE"

/** The service over HTTP: no listening, no globals. */
export const makeApp = ({
  context,
  log,
  metrics,
  draining,
  defaultCountryCode,
  basicAuth,
  hosts,
}: AppOptions): Hono<Env> => {
  const app = new Hono<Env>()
  const run = makeRun(context, log)
  const route = (path: string, steps: Partial<Record<Method, Step>>, guard: Guard = anyone) => {
    const guarded = (step: Step) => run((c) => Effect.andThen(guard(c), () => step(c)))
    const methods = Object.keys(steps) as Array<Method>
    for (const method of methods) app.on(method, path, guarded(steps[method]!))
    const allow = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]))
    app.all(
      path,
      guarded(() => Effect.fail(methods.length > 0 ? new MethodNotAllowed({ allow }) : new RouteNotFound())),
    )
  }

  app.use(requestId(), accessLog(log, metrics))
  route("/", { GET: root })
  route("/healthz", { GET: healthz })
  route("/readyz", { GET: readyz(draining) })
  app.use("/openapi.json", compress())
  route("/openapi.json", { GET: showOpenApi })
  app.use("/docs/*", compress())
  route("/docs", { GET: showPage })
  route("/docs/:file", { GET: showFile })
  const authenticated = authenticate({ basicAuth, hosts, log })
  route("/metrics", { GET: showMetrics(metrics) }, fromHereOr(authenticated))

  const rules = { defaultCountryCode }
  const v9 = (path: string, steps: Partial<Record<Method, Step>>) => route(`/v9${path}`, steps, authenticated)
  v9("/clients", { GET: listClients, POST: createClients(rules) })
  v9("/clients/:client_id", { GET: showClient, PUT: updateClient })
  v9("/clients/:client_id/phone_numbers", { GET: listPhoneNumbers(rules), POST: createPhoneNumbers(rules) })
  v9("/clients/:client_id/phone_numbers/:id", {
    GET: showPhoneNumber,
    PUT: updatePhoneNumber,
    DELETE: deletePhoneNumber,
  })
  v9("/phone_numbers", { GET: findPhoneNumbers(rules) })

  v9("/*", {})
  route("*", {})
  app.onError((error, c) => {
    log.error("fault", { request_id: c.get("requestId"), cause: describeFault(error) })
    return respond(c, fault)
  })
  return app
}
