import type { Client, ClientChange, ClientInput, Clients } from "@phonebook/contract"
import type { CallOptions, ConditionalWriteOptions, WriteOptions } from "./options.ts"
import type { Paging } from "./paging.ts"
import type { Send, WithEtag } from "./send.ts"

export interface ClientsCalls {
  /** Creates one client, or up to 100, with up to 100 phone numbers in all: everything, in its order, or nothing. */
  readonly create: {
    (client: ClientInput, options?: WriteOptions): Promise<Client>
    (clients: ReadonlyArray<ClientInput>, options?: WriteOptions): Promise<ReadonlyArray<Client>>
  }
  /** One page, by ascending id. */
  readonly list: (paging?: Paging, options?: CallOptions) => Promise<Clients>
  /** All clients of the account, by ascending id, a page at a time. */
  readonly listAll: (
    paging?: Pick<Paging, "per_page">,
    options?: CallOptions,
  ) => AsyncGenerator<Client, void, undefined>
  /** A client with the first 100 of its phone numbers. */
  readonly get: (id: number, options?: CallOptions) => Promise<WithEtag<Client>>
  readonly update: (id: number, changes: ClientChange, options?: ConditionalWriteOptions) => Promise<WithEtag<Client>>
}

export const clientsCalls = (send: Send): ClientsCalls => {
  const path = "/v9/clients"

  const create = async (input: ClientInput | ReadonlyArray<ClientInput>, options?: WriteOptions) => {
    const { body } = await send({ method: "POST", path, body: { clients: [input].flat() } }, options)
    const { clients } = body as Clients
    return Array.isArray(input) ? clients : clients[0]
  }

  const list: ClientsCalls["list"] = async (paging = {}, options) =>
    (await send({ method: "GET", path, query: { ...paging } }, options)).body as Clients

  return {
    create: create as ClientsCalls["create"],
    list,
    // Clients are never deleted, and new ones come last: pages do not shift.
    listAll: async function* (paging = {}, options) {
      for (let page = 1; ; page += 1) {
        const { clients, per_page, total_entries } = await list({ ...paging, page }, options)
        yield* clients
        if (page * per_page >= total_entries) return
      }
    },
    get: async (id, options) => {
      const { body, etag } = await send({ method: "GET", path: `${path}/${id}` }, options)
      return { ...(body as Client), etag }
    },
    update: async (id, changes, options) => {
      const { body, etag } = await send({ method: "PUT", path: `${path}/${id}`, body: changes }, options)
      return { ...(body as Client), etag }
    },
  }
}
