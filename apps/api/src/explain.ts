import { type FieldErrors, messages, type Problem } from "@phonebook/contract"
import type { ClientField, PhoneNumberField, RefusedPhoneNumber } from "@phonebook/domain"
import { refusedPhoneNumberBody, wireNames } from "./wire.ts"

interface AnyViolation {
  readonly field: PhoneNumberField | ClientField
  readonly code: keyof typeof messages
  readonly maximum?: number
}

/** What is wrong with one record: by field for people, by pointer for machines. */
export const explain = (pointer: string, violations: ReadonlyArray<AnyViolation>) => {
  const fieldErrors: Record<string, Array<string>> = {}
  const problems = violations.map(({ field, code, maximum }): Problem => {
    const name = wireNames[field]
    const detail = messages[code](maximum)
    fieldErrors[name] = [...(fieldErrors[name] ?? []), detail]
    return { pointer: name === "base" ? pointer : `${pointer}/${name}`, code, detail }
  })
  return { errors: problems.length > 0 ? { errors: fieldErrors as FieldErrors } : {}, problems }
}

/** The refused phone numbers of a request as they are shown, and what is wrong with them. */
export const explainPhoneNumbers = (pointer: string, items: ReadonlyArray<RefusedPhoneNumber>) => {
  const explained = items.map(({ shown, violations }, index) => {
    const { errors: own, problems } = explain(`${pointer}/phone_numbers/${index}`, violations)
    return { body: { ...refusedPhoneNumberBody(shown), ...own }, problems }
  })
  return { bodies: explained.map(({ body }) => body), problems: explained.flatMap(({ problems }) => problems) }
}
