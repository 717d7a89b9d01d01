import { Effect } from "effect"
import manifest from "../../package.json" with { type: "json" }
import type { Step } from "../run.ts"

export const root: Step = () =>
  Effect.succeed({
    status: 200,
    body: {
      name: "phonebook",
      version: manifest.version,
      links: { phone_numbers: "/v9/clients/{client_id}/phone_numbers", clients: "/v9/clients", health: "/healthz" },
    },
  })

/** The process answers. */
export const healthz: Step = () => Effect.succeed({ status: 200, body: { status: "ok" } })
