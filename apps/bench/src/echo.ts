import { serve } from "@hono/node-server"
import { Hono } from "hono"

// The floor of the stack: what a create would cost if it were nothing but its bytes.
const app = new Hono().post("/v9/clients/:client_id/phone_numbers", async (c) =>
  c.body(await c.req.text(), 201, { "content-type": "application/json; charset=utf-8" }),
)

serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) =>
  process.stderr.write(`Echo listens on http://127.0.0.1:${port}\n`),
)
