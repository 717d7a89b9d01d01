import type { UnitOfWork } from "@phonebook/domain"
import { type Context, Effect } from "effect"
import { Hono } from "hono"
import { type Env, respond } from "./answer.ts"
import { MethodNotAllowed, RouteNotFound } from "./failures.ts"
import { describeFault, type Log } from "./log.ts"
import { accessLog } from "./middleware/access-log.ts"
import { authenticate } from "./middleware/authenticate.ts"
import { requestId } from "./middleware/request-id.ts"
import { fault } from "./problems.ts"
import { createClients, showClient } from "./routes/clients.ts"
import { createPhoneNumbers } from "./routes/phone-numbers.ts"
import { healthz, root } from "./routes/service.ts"
import { makeRun, type Step } from "./run.ts"

export interface AppOptions {
  /** What the use cases need, built from the layers by `main.ts`. */
  readonly context: Context.Context<UnitOfWork>
  readonly log: Log
  /** Digits only: what a number without a code is read under. */
  readonly defaultCountryCode: string
  /** Whether `Authorization: Basic` is accepted beside the signature. */
  readonly basicAuth: boolean
  /** Further names that a caller may have signed as the host. */
  readonly hosts: ReadonlyArray<string>
}

type Method = "GET" | "POST" | "PUT" | "DELETE"

/** The service over HTTP: no listening, no globals. */
export const makeApp = ({ context, log, defaultCountryCode, basicAuth, hosts }: AppOptions): Hono<Env> => {
  const app = new Hono<Env>()
  const run = makeRun(context, log)
  const route = (path: string, steps: Partial<Record<Method, Step>>) => {
    const methods = Object.keys(steps) as Array<Method>
    for (const method of methods) app.on(method, path, run(steps[method]!))
    const allow = methods.includes("GET") ? ["HEAD", ...methods] : methods
    app.all(
      path,
      run(() => Effect.fail(new MethodNotAllowed({ allow }))),
    )
  }

  app.use(requestId(), accessLog(log))
  route("/", { GET: root })
  route("/healthz", { GET: healthz })

  app.use("/v9/*", run(authenticate({ basicAuth, hosts, log })))
  route("/v9/clients", { POST: createClients({ defaultCountryCode }) })
  route("/v9/clients/:client_id", { GET: showClient })
  route("/v9/clients/:client_id/phone_numbers", { POST: createPhoneNumbers({ defaultCountryCode }) })

  app.all(
    "*",
    run(() => Effect.fail(new RouteNotFound())),
  )
  app.onError((error, c) => {
    log.error("fault", { request_id: c.get("requestId"), cause: describeFault(error) })
    return respond(c, fault)
  })
  return app
}
