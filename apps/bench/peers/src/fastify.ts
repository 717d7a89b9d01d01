import Fastify, { type FastifyReply } from "fastify"
import { z } from "zod"
import { envelope, type Item, readAll, type Row } from "./phone-number.ts"
import { isSigned } from "./signature.ts"

const text = z.string().trim()
const digits = z.union([text, z.int().nonnegative().transform(String)])

const Body = z.object({
  phone_numbers: z
    .array(
      z.object({
        label: text.max(20).nullish(),
        country_code: digits.nullish(),
        number: text.min(1).max(64),
        extension: digits.pipe(z.string().regex(/^\d{0,15}$/u)).nullish(),
        is_primary: z.boolean().nullish(),
      }),
    )
    .min(1)
    .max(100),
})

export type Rows = NonNullable<ReturnType<typeof readAll>>

/** Stores the rows in a transaction of their own; undefined where the account has no such client. */
export type Create = (
  clientId: number,
  items: ReadonlyArray<Item>,
  rows: Rows,
) => ReadonlyArray<Row> | undefined | Promise<ReadonlyArray<Row> | undefined>

/** The one route on Fastify with zod; what stores is given. */
export const listen = async (create: Create): Promise<string> => {
  const app = Fastify({ bodyLimit: 1024 * 1024 })
  // The signature is over the bytes: parsed they are only once it holds.
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => done(null, body))

  const refuse = (reply: FastifyReply, status: number, error: string) => reply.code(status).send({ error })

  app.post<{ Params: { client_id: string }; Body: Buffer }>(
    "/v9/clients/:client_id/phone_numbers",
    async (request, reply) => {
      const { method, headers, url: target, body } = request
      const { host, "x-token": token, "x-signature": signature } = headers
      if (!isSigned({ method, host, target, token, signature, body })) return refuse(reply, 401, "Unauthorized")
      let json: unknown
      try {
        json = JSON.parse(body.toString())
      } catch {
        return refuse(reply, 400, "Bad Request")
      }
      const clientId = Number(request.params.client_id)
      const parsed = Body.safeParse(json)
      const items = parsed.success ? parsed.data.phone_numbers : []
      const rows = parsed.success ? readAll(clientId, items) : undefined
      if (rows === undefined) return refuse(reply, 422, "Unprocessable Entity")
      const stored = await create(clientId, items, rows)
      if (stored === undefined) return refuse(reply, 404, "Not Found")
      return reply.code(201).send(envelope(stored))
    },
  )

  process.once("SIGTERM", () => void app.close())
  return app.listen({ host: process.env["HOST"] ?? "127.0.0.1", port: Number(process.env["PORT"] ?? 0) })
}
