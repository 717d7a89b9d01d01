import { createHmac } from "node:crypto"
import { Agent, type IncomingMessage, request } from "node:http"
import { text } from "node:stream/consumers"
import { partsToSign } from "@phonebook/contract"
import { type Answer, type Entry, type Operation, type Request, requestOf } from "./operations.ts"
import { credential } from "./server.ts"

/** How long an answer may take, in milliseconds: a server that hangs is found by it. */
const ANSWER_TIMEOUT = 10_000

/** Sends a signed request. Undefined where no whole answer came: then nobody knows what became of it. */
export const send = async (
  url: string,
  agent: Agent,
  { method, target, body, key }: Request,
): Promise<Answer | undefined> => {
  const [head, tail] = partsToSign({ method, host: new URL(url).hostname, target, body })
  const signature = createHmac("sha256", credential.secret).update(head).update(tail).digest("base64")
  const headers = {
    "Content-Type": "application/json",
    "Content-Length": Buffer.byteLength(body),
    "X-Token": credential.token,
    "X-Signature": signature,
    ...(key !== undefined && { "Idempotency-Key": key }),
  }
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = request(url + target, { method, agent, headers, timeout: ANSWER_TIMEOUT }, resolve)
      sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer in time")))
      sent.end(body)
    })
    const replayed = response.headers["idempotency-replayed"] === "true"
    return { status: response.statusCode!, replayed, body: JSON.parse(await text(response)) }
  } catch {
    return undefined
  }
}

export interface Load {
  /** Settles with the next answer to arrive, or when there will be none. */
  readonly answer: () => Promise<unknown>
  /** From here on no connection begins anything new. Answers how many have broken so far. */
  readonly stop: () => number
  /** Every operation begun, once all connections have ended. */
  readonly journal: Promise<ReadonlyArray<Entry>>
}

/** Gives what to send next, taking what was answered to the last: undefined where no answer came. */
export type Source = Iterator<Operation, unknown, Answer | undefined>

/** One keep-alive connection for each source, with one request in flight at all times until its source has no more. */
export const startLoad = (url: string, sources: ReadonlyArray<Source>): Load => {
  const agent = new Agent({ keepAlive: true, maxSockets: sources.length })
  const journal: Array<Entry> = []
  let next = Promise.withResolvers<void>()
  const stopping = new AbortController()
  let broken = 0

  const connection = async (source: Source): Promise<void> => {
    let step = source.next(undefined)
    while (!stopping.signal.aborted && step.done !== true) {
      const entry: Entry = { operation: step.value, answer: undefined, answered: Infinity }
      journal.push(entry)
      entry.answer = await send(url, agent, requestOf(entry.operation))
      if (entry.answer === undefined) {
        if (!stopping.signal.aborted) broken++
        return
      }
      entry.answered = journal.length
      next.resolve()
      next = Promise.withResolvers()
      step = source.next(entry.answer)
    }
  }

  const ended = Promise.all(sources.map(connection)).finally(() => agent.destroy())
  return {
    answer: () => Promise.race([next.promise, ended]),
    stop: () => {
      stopping.abort()
      return broken
    },
    journal: ended.then(() => journal),
  }
}
