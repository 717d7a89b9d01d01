import { isDeepStrictEqual } from "node:util"
import { DatabaseSync } from "node:sqlite"
import { createTarget, documented, type Request, send } from "./requests.ts"

interface Side {
  readonly url: string
  readonly file: string
}

const create = (clientId: number, ...phoneNumbers: ReadonlyArray<unknown>): Request => ({
  method: "POST",
  target: createTarget(clientId),
  body: { phone_numbers: phoneNumbers },
})

/** What every server in the comparison must answer alike; each on a file of its own with the same clients. */
const requestsTo = ([first, second, third, fourth]: ReadonlyArray<number>): ReadonlyArray<Request> => {
  const number = "541-555-0123"
  return [
    create(first!, { label: "home", country_code: "+1", number: "504-555-0123", extension: null, is_primary: false }),
    create(
      first!,
      { label: "home", country_code: "+1", number, extension: null, is_primary: false },
      { label: "work", country_code: "+1", number: "541-555-0987", extension: 5, is_primary: false },
      { label: "cell", country_code: "+1", number: "541-555-0573", extension: null, is_primary: true },
    ),
    create(second!, { number: "(504) 555-1212" }, { number: "+44 7400 123456" }, { number: "5045551212 x7" }),
    create(second!, { label: " cell ", country_code: "44", number: "07400 123456", is_primary: true }),
    create(third!, { number, is_primary: false }, { number }, { number, is_primary: null }),
    create(fourth!, ...Array.from({ length: 100 }, (_, index) => documented(index))),
    create(fourth!, ...Array.from({ length: 101 }, (_, index) => documented(index))),
    create(fourth!),
    create(fourth!, { number: "555-0123" }),
    create(fourth!, { number, label: "more than twenty characters" }),
    create(fourth!, { number, is_primary: "true" }),
    create(fourth!, { number, country_code: "44" }, { number: "+1 504 555 0123", country_code: "44" }),
    create(fourth!, { number, is_primary: true }, { number, is_primary: true }),
    create(999_999_999, { number }),
    { ...create(fourth!, { number }), secret: "another-secret-another-secret-another-00" },
  ]
}

/** The answer without what no two servers share; of a refusal, the status alone. */
const answerOf = async ({ url }: Side, request: Request) => {
  const { status, body } = await send(url, request)
  const ignoringTime = (key: string, value: unknown) => (key === "updated_at" ? undefined : value)
  return { status, body: status === 201 ? JSON.stringify(body, ignoringTime) : undefined }
}

const rowsOf = ({ file }: Side): ReadonlyArray<unknown> => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database
      .prepare(
        `SELECT id, client_id, label, country_code, number, raw_number, extension, e164, typed, is_primary
         FROM phone_numbers ORDER BY id`,
      )
      .all()
  } finally {
    database.close()
  }
}

/** Throws where a server, on a file that nobody has written to yet, answers or stores something else than ours. */
export const checkSameJob = async (
  ours: Side & { readonly clientIds: ReadonlyArray<number> },
  peers: ReadonlyArray<Side & { readonly name: string }>,
): Promise<void> => {
  const differs = (what: string, us: unknown, them: unknown) => {
    if (!isDeepStrictEqual(us, them)) throw new Error(`${what}: ${JSON.stringify(them)}, ours: ${JSON.stringify(us)}`)
  }
  for (const request of requestsTo(ours.clientIds)) {
    const answer = await answerOf(ours, request)
    for (const peer of peers) differs(`${peer.name}, ${JSON.stringify(request)}`, answer, await answerOf(peer, request))
  }
  const rows = rowsOf(ours)
  for (const peer of peers) differs(`rows of ${peer.name}`, rows, rowsOf(peer))
}
