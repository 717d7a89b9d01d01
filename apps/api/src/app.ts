import type { UnitOfWork } from "@phonebook/domain"
import { type Context, Effect } from "effect"
import { Hono } from "hono"
import { compress } from "hono/compress"
import { type Env, respond } from "./answer.ts"
import { MethodNotAllowed, RouteNotFound } from "./failures.ts"
import { authenticate } from "./guards/authenticate.ts"
import { loopbackOr } from "./guards/loopback.ts"
import { describeFault, type Log } from "./log.ts"
import type { Metrics } from "./metrics.ts"
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
import { healthz, readyz, root, showMetrics } from "./routes/about.ts"
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

type Steps = { readonly [Method in "GET" | "POST" | "PUT" | "DELETE"]?: Step }

/** The step of the request's method; HEAD is answered as GET is, and Hono leaves the body out. */
const stepOf = (steps: Steps): Step => {
  const byMethod: ReadonlyMap<string, Step> = new Map(
    Object.entries(steps).flatMap(([method, step]) =>
      method === "GET" ? [[method, step] as const, ["HEAD", step] as const] : [[method, step] as const],
    ),
  )
  const allow = Array.from(byMethod.keys())
  return (c) => byMethod.get(c.req.method)?.(c) ?? Effect.fail(new MethodNotAllowed({ allow }))
}

/** The service over HTTP: no listening, no globals. */
export const makeApp = (options: AppOptions): Hono<Env> => {
  const { log, metrics } = options
  const app = new Hono<Env>()
  const run = makeRun(options)
  const guarded =
    (guard: Guard, step: Step): Step =>
    (c) =>
      Effect.andThen(guard(c), () => step(c))
  // One handler a path, whatever the method: Hono calls a single one directly.
  const route = (path: string, steps: Steps, guard: Guard = anyone) =>
    app.all(path, run(path, guarded(guard, stepOf(steps))))

  route("/", { GET: root })
  route("/healthz", { GET: healthz })
  route("/readyz", { GET: readyz(options.draining) })
  app.use("/openapi.json", compress())
  route("/openapi.json", { GET: showOpenApi })
  app.use("/docs/*", compress())
  route("/docs", { GET: showPage })
  route("/docs/:file", { GET: showFile })
  const authenticated = authenticate(options)
  route("/metrics", { GET: showMetrics(metrics) }, loopbackOr(authenticated))

  const v9 = (path: string, steps: Steps) => route(`/v9${path}`, steps, authenticated)
  v9("/clients", { GET: listClients, POST: createClients(options) })
  v9("/clients/:client_id", { GET: showClient, PUT: updateClient })
  v9("/clients/:client_id/phone_numbers", { GET: listPhoneNumbers(options), POST: createPhoneNumbers(options) })
  v9("/clients/:client_id/phone_numbers/:id", {
    GET: showPhoneNumber,
    PUT: updatePhoneNumber,
    DELETE: deletePhoneNumber,
  })
  v9("/phone_numbers", { GET: findPhoneNumbers(options) })

  const noSuchRoute: Step = () => Effect.fail(new RouteNotFound())
  // Under /v9 nobody learns even what there is not without a credential.
  const underV9: Guard = (c) => (/^\/v9(?:\/|$)/u.test(c.req.path) ? authenticated(c) : Effect.void)
  app.notFound(run("*", guarded(underV9, noSuchRoute)))
  app.onError((error, c) => {
    log.error("fault", { request_id: c.get("requestId"), cause: describeFault(error) })
    return respond(c, fault)
  })
  return app
}
