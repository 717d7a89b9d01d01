import { hasRecords, isPageOf, isRecord } from "./answer.ts"
import type { CallOptions, ConditionalWriteOptions, WriteOptions } from "./options.ts"
import type { Paging } from "./paging.ts"
import type { PhoneNumber, PhoneNumberChange, PhoneNumberInput, PhoneNumbers } from "./records.ts"
import type { Send, WithEtag } from "./send.ts"

/** A filter `field` means `field.eq`. */
export type Comparison = "eq" | "not_eq" | "gt" | "gte" | "lt" | "lte"

interface Comparable {
  readonly id: number
  readonly label: string | null
  /** With or without its plus. */
  readonly country_code: string | number
  /** In any spelling. */
  readonly number: string | number
  readonly extension: string | number | null
  /** A text is ISO 8601. */
  readonly updated_at: Date | string
}

/** Conditions that all must hold, as `{ label: "home", "id.gt": 7 }`. */
export type PhoneNumberFilters = {
  readonly [Field in keyof Comparable as Field | `${Field}.${Comparison}`]?: Comparable[Field] | undefined
}

type Filtered = PhoneNumberFilters & Paging

export interface PhoneNumbersCalls {
  /** Creates one phone number, or up to 100: all of them, in their order, or none. */
  readonly create: {
    (clientId: number, phoneNumber: PhoneNumberInput, options?: WriteOptions): Promise<PhoneNumber>
    (
      clientId: number,
      phoneNumbers: ReadonlyArray<PhoneNumberInput>,
      options?: WriteOptions,
    ): Promise<ReadonlyArray<PhoneNumber>>
  }
  /** One page, by ascending id; `total_entries` counts all that match. */
  readonly list: (clientId: number, filters?: Filtered, options?: CallOptions) => Promise<PhoneNumbers>
  /**
   * All that match, by ascending id, a page at a time. Deleting what was seen leaves nothing out.
   *
   * @param filters `per_page` says how many are fetched at once
   */
  readonly listAll: (
    clientId: number,
    filters?: Omit<Filtered, "page">,
    options?: CallOptions,
  ) => AsyncGenerator<PhoneNumber, void, undefined>
  readonly get: (clientId: number, id: number, options?: CallOptions) => Promise<WithEtag<PhoneNumber>>
  readonly update: (
    clientId: number,
    id: number,
    changes: PhoneNumberChange,
    options?: ConditionalWriteOptions,
  ) => Promise<WithEtag<PhoneNumber>>
  readonly delete: (clientId: number, id: number, options?: ConditionalWriteOptions) => Promise<void>
  /** Whose number is this? One page of the account's phone numbers that are this one, whatever the client. */
  readonly find: (
    number: string | number,
    filters?: Omit<Filtered, "number">,
    options?: CallOptions,
  ) => Promise<PhoneNumbers>
  /**
   * As `find`, but all that match, as `listAll` answers them.
   *
   * @param filters `per_page` says how many are fetched at once
   */
  readonly findAll: (
    number: string | number,
    filters?: Omit<Filtered, "number" | "page">,
    options?: CallOptions,
  ) => AsyncGenerator<PhoneNumber, void, undefined>
}

/**
 * All that match, a page at a time. It goes on from the last id, not to a page number: pages shift when something is
 * deleted meanwhile. For the same reason a `page` among the filters, which the types forbid, counts for nothing.
 */
async function* allOf(filters: Filtered, list: (filters: Filtered) => Promise<PhoneNumbers>) {
  let onwards: PhoneNumberFilters = {}
  for (;;) {
    const query = { ...filters, ...onwards, page: undefined }
    const { phone_numbers: entries, total_entries: total } = await list(query)
    yield* entries
    const last = entries.at(-1)
    if (last === undefined || total <= entries.length) return
    onwards = { "id.gt": last.id }
  }
}

export const phoneNumbersCalls = (send: Send): PhoneNumbersCalls => {
  const pathOf = (clientId: number, id?: number) =>
    `/v9/clients/${clientId}/phone_numbers${id === undefined ? "" : `/${id}`}`

  const create = async (
    clientId: number,
    input: PhoneNumberInput | ReadonlyArray<PhoneNumberInput>,
    options?: WriteOptions,
  ) => {
    const items = [input].flat()
    const { body } = await send<PhoneNumbers>(
      {
        method: "POST",
        path: pathOf(clientId),
        body: { phone_numbers: items },
        shape: hasRecords("phone_numbers", items.length),
      },
      options,
    )
    return Array.isArray(input) ? body.phone_numbers : body.phone_numbers[0]
  }

  const pageOf = async (path: string, query: Filtered, options?: CallOptions) => {
    const request = { method: "GET", path, query: { ...query }, shape: isPageOf("phone_numbers") } as const
    return (await send<PhoneNumbers>(request, options)).body
  }
  const list: PhoneNumbersCalls["list"] = (clientId, filters = {}, options) =>
    pageOf(pathOf(clientId), filters, options)
  const find: PhoneNumbersCalls["find"] = (number, filters = {}, options) =>
    pageOf("/v9/phone_numbers", { ...filters, number }, options)

  return {
    create: create as PhoneNumbersCalls["create"],
    list,
    listAll: (clientId, filters = {}, options) => allOf(filters, (query) => list(clientId, query, options)),
    get: async (clientId, id, options) => {
      const request = { method: "GET", path: pathOf(clientId, id), shape: isRecord } as const
      const { body, etag } = await send<PhoneNumber>(request, options)
      return { ...body, etag }
    },
    update: async (clientId, id, changes, options) => {
      const request = { method: "PUT", path: pathOf(clientId, id), body: changes, shape: isRecord } as const
      const { body, etag } = await send<PhoneNumber>(request, options)
      return { ...body, etag }
    },
    delete: async (clientId, id, options) => {
      await send({ method: "DELETE", path: pathOf(clientId, id), shape: hasRecords("phone_numbers", 1) }, options)
    },
    find,
    findAll: (number, filters = {}, options) => allOf(filters, (query) => find(number, query, options)),
  }
}
