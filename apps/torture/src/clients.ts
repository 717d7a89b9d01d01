import { Agent } from "node:http"
import type { Clients } from "@phonebook/contract"
import { send } from "./load.ts"
import type { Operation } from "./operations.ts"

/** Few, so that the connections contend for them. */
const CLIENTS = 5

export const createClients = async (url: string): Promise<ReadonlyArray<number>> => {
  const agent = new Agent()
  const clients = Array.from({ length: CLIENTS }, (_, index) => ({ name: `Client ${index}` }))
  const answer = await send(url, agent, { method: "POST", target: "/v9/clients", body: JSON.stringify({ clients }) })
  agent.destroy()
  if (answer?.status !== 201) throw new Error(`no clients to begin with: ${JSON.stringify(answer)}`)
  return (answer.body as Clients).clients.map(({ id }) => id)
}

/** Nobody deletes them: a client without a number would make one the primary that did not ask to be. */
export const firstNumbers = (clientIds: ReadonlyArray<number>): ReadonlyArray<Operation> =>
  clientIds.map((clientId) => ({
    kind: "create",
    clientId,
    mark: `first.${clientId}`,
    keyed: false,
    numbers: [{ number: "504-555-0123", is_primary: true }],
  }))
