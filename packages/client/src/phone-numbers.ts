import type { PhoneNumber, PhoneNumberChange, PhoneNumberInput, PhoneNumbers } from "@phonebook/contract"
import type { CallOptions, ConditionalWriteOptions, WriteOptions } from "./options.ts"
import type { Paging } from "./paging.ts"
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
}

export const phoneNumbersCalls = (send: Send): PhoneNumbersCalls => {
  const pathOf = (clientId: number, id?: number) =>
    `/v9/clients/${clientId}/phone_numbers${id === undefined ? "" : `/${id}`}`

  const create = async (
    clientId: number,
    input: PhoneNumberInput | ReadonlyArray<PhoneNumberInput>,
    options?: WriteOptions,
  ) => {
    const request = { method: "POST", path: pathOf(clientId), body: { phone_numbers: [input].flat() } } as const
    const { phone_numbers } = (await send(request, options)).body as PhoneNumbers
    return Array.isArray(input) ? phone_numbers : phone_numbers[0]
  }

  const list: PhoneNumbersCalls["list"] = async (clientId, query = {}, options) =>
    (await send({ method: "GET", path: pathOf(clientId), query: { ...query } }, options)).body as PhoneNumbers

  return {
    create: create as PhoneNumbersCalls["create"],
    list,
    listAll: async function* (clientId, filters = {}, options) {
      let query: Filtered = filters
      for (;;) {
        const { phone_numbers: entries, total_entries: total } = await list(clientId, query, options)
        yield* entries
        const last = entries.at(-1)
        if (last === undefined || total <= entries.length) return
        // On from the last id, not to a page number: pages shift when something is deleted meanwhile.
        query = { ...filters, "id.gt": last.id }
      }
    },
    get: async (clientId, id, options) => {
      const { body, etag } = await send({ method: "GET", path: pathOf(clientId, id) }, options)
      return { ...(body as PhoneNumber), etag }
    },
    update: async (clientId, id, changes, options) => {
      const { body, etag } = await send({ method: "PUT", path: pathOf(clientId, id), body: changes }, options)
      return { ...(body as PhoneNumber), etag }
    },
    delete: async (clientId, id, options) => {
      await send({ method: "DELETE", path: pathOf(clientId, id) }, options)
    },
    find: async (number, filters = {}, options) =>
      (await send({ method: "GET", path: "/v9/phone_numbers", query: { ...filters, number } }, options))
        .body as PhoneNumbers,
  }
}
