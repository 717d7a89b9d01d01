import { hasRecords, isPageOf, isRecord } from "./answer.ts"
import type { CallOptions, ConditionalWriteOptions, WriteOptions } from "./options.ts"
import type { Paging } from "./paging.ts"
import type { Client, ClientChange, ClientInput, Clients } from "./records.ts"
import type { Send, WithEtag } from "./send.ts"

export interface ClientsCalls {
  /** Creates one client, or up to 100, with up to 100 phone numbers in all: everything, in its order, or nothing. */
  readonly create: {
    (client: ClientInput, options?: WriteOptions): Promise<Client>
    (clients: ReadonlyArray<ClientInput>, options?: WriteOptions): Promise<ReadonlyArray<Client>>
  }
  /** One page, by ascending id. */
  readonly list: (paging?: Paging, options?: CallOptions) => Promise<Clients>
  /** All clients of the account, by ascending id, a page at a time. Erasing what was seen leaves nothing out. */
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
    const items = [input].flat()
    const request = {
      method: "POST",
      path,
      body: { clients: items },
      shape: hasRecords("clients", items.length),
    } as const
    const { clients } = (await send<Clients>(request, options)).body
    return Array.isArray(input) ? clients : clients[0]
  }

  const list = async (paging: Paging = {}, options?: CallOptions) => {
    const request = { method: "GET", path, query: { ...paging }, shape: isPageOf("clients") } as const
    return (await send<Clients>(request, options)).body
  }

  /** The id of the client at this position of the list, counted from 1; infinite after its end. */
  const idAt = async (position: number, options?: CallOptions) => {
    const { clients } = await list({ page: position, per_page: 1 }, options)
    return clients[0]?.id ?? Number.POSITIVE_INFINITY
  }

  async function* listAll({ per_page }: Pick<Paging, "per_page"> = {}, options?: CallOptions) {
    let page = 1
    let lastId = 0
    for (;;) {
      const { clients, per_page: size, total_entries: total } = await list({ page, per_page }, options)
      // When the operator erases clients that were seen, the later ones move up, and the first of this page onto the one
      // before, where they would be missed. That has happened if the client just before this page was not seen yet.
      const before = (page - 1) * size
      if (before > 0 && (await idAt(before, options)) > lastId) {
        page -= 1
        continue
      }
      for (const client of clients) {
        if (client.id <= lastId) continue
        lastId = client.id
        yield client
      }
      if (page * size >= total) return
      page += 1
    }
  }

  return {
    create: create as ClientsCalls["create"],
    list,
    listAll,
    get: async (id, options) => {
      const { body, etag } = await send<Client>({ method: "GET", path: `${path}/${id}`, shape: isRecord }, options)
      return { ...body, etag }
    },
    update: async (id, changes, options) => {
      const request = { method: "PUT", path: `${path}/${id}`, body: changes, shape: isRecord } as const
      const { body, etag } = await send<Client>(request, options)
      return { ...body, etag }
    },
  }
}
