import type { Batch } from "./batch.ts"
import type { ViolationCode } from "./violation.ts"
import { MAX_CLIENT_NAME_LENGTH } from "./client.ts"
import {
  type PhoneNumberReading,
  isValidPhoneNumber,
  type PhoneNumberDraft,
  readPhoneNumberDrafts,
  type ValidPhoneNumberReading,
} from "./phone-number-draft.ts"
import { MAX_PHONE_NUMBERS_PER_REQUEST } from "./phone-number.ts"
import { excerpt, lineViolations, trimmed } from "./text.ts"

/** The parts of a client's draft that a violation can be about; `base` is the draft as a whole. */
export type ClientField = "base" | "name" | "phoneNumbers"

/** What a caller sends for one new client. */
export interface ClientDraft {
  readonly name?: string | null | undefined
  /** Absent, null and empty mean the same: a client without numbers. */
  readonly phoneNumbers?: Batch<PhoneNumberDraft> | null | undefined
  /** The fields whose value was of another type, and so is not here: each is refused as `wrong_type`. */
  readonly malformed?: ReadonlyArray<"base" | "name">
}

export interface ClientViolation {
  readonly field: ClientField
  readonly code: Extract<ViolationCode, "wrong_type" | "blank" | "too_long" | "invalid_characters"> | "too_many"
  /** The limit that was passed: of `too_long` in characters, of `too_many` in phone numbers. */
  readonly maximum?: number
}

/** A client's draft after the rules. */
export interface ClientReading {
  /** As stored, or as it was sent where it is refused. */
  readonly name: string | null
  /** The readings of its numbers; none where the list of them is refused. */
  readonly phoneNumbers: ReadonlyArray<PhoneNumberReading>
  /** What is wrong with the client itself; what is wrong with a number is in its reading. */
  readonly violations: ReadonlyArray<ClientViolation>
}

/** A reading without a violation, its numbers included. */
export interface ValidClientReading extends ClientReading {
  readonly name: string
  readonly phoneNumbers: ReadonlyArray<ValidPhoneNumberReading>
}

export const isValidClient = (reading: ClientReading): reading is ValidClientReading =>
  reading.violations.length === 0 && reading.phoneNumbers.every(isValidPhoneNumber)

/**
 * Reads all drafts of one request, which may hold 100 phone numbers in all: the list that passes the limit, and every
 * one after it, is refused unread. `defaultCountryCode` in digits.
 */
export const readClientDrafts = (
  drafts: ReadonlyArray<ClientDraft>,
  defaultCountryCode: string,
): ReadonlyArray<ClientReading> => {
  let total = 0
  return drafts.map((draft) => {
    if (draft.malformed?.includes("base")) return NOTHING_READ
    const list = draft.phoneNumbers ?? []
    const numbers = "code" in list ? [] : list
    total += numbers.length
    const tooMany = numbers.length > 0 && total > MAX_PHONE_NUMBERS_PER_REQUEST
    const { name, violations } = readName(draft)
    const listViolations: ReadonlyArray<ClientViolation> = [
      ...("code" in list && list.code === "wrong_type" ? [{ field: "phoneNumbers", code: "wrong_type" } as const] : []),
      ...(tooMany
        ? [{ field: "phoneNumbers", code: "too_many", maximum: MAX_PHONE_NUMBERS_PER_REQUEST } as const]
        : []),
    ]
    return {
      name,
      phoneNumbers: tooMany ? [] : readPhoneNumberDrafts(numbers, defaultCountryCode),
      violations: [...violations, ...listViolations],
    }
  })
}

/** Reads the name of a client's draft: as stored, or as it was sent where it is refused. */
export const readName = (draft: ClientDraft): Pick<ClientReading, "name" | "violations"> => {
  const name = trimmed(draft.name)
  if (name === null) {
    const code = draft.malformed?.includes("name") ? "wrong_type" : "blank"
    return { name: null, violations: [{ field: "name", code }] }
  }
  const violations = lineViolations("name", name, MAX_CLIENT_NAME_LENGTH)
  return { name: violations.length > 0 ? excerpt(draft.name) : name, violations }
}

const NOTHING_READ: ClientReading = {
  name: null,
  phoneNumbers: [],
  violations: [{ field: "base", code: "wrong_type" }],
}
