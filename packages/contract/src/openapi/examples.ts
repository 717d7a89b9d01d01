import type { Client } from "../client.ts"
import { errors, messages } from "../errors.ts"
import type { PhoneNumber, PhoneNumberInput } from "../phone-number.ts"
import type { InvalidPhoneNumber, InvalidPhoneNumbers } from "../refusals.ts"

const sent = (label: string, number: string, more: Partial<PhoneNumberInput> = {}): PhoneNumberInput => ({
  label,
  country_code: "+1",
  number,
  extension: null,
  is_primary: false,
  ...more,
})

const answered = (id: number, label: string, number: string, extension: string | null = null): PhoneNumber => ({
  id,
  url: `/clients/168019/phone_numbers/${id}`,
  country_code: "1",
  raw_number: number.slice(4).replace("-", ""),
  number,
  extension,
  label,
  updated_at: "2017-12-15T00:12:21Z",
})

const envelope = (total_entries: number) => ({ current_page: 1, per_page: 100, total_entries })

/** The two exchanges that the published page of the API documents, and what the service adds to them. */
export const one = {
  request: { phone_numbers: [sent("home", "504-555-0123")] },
  answer: { ...envelope(1), phone_numbers: [answered(294655, "home", "504-555-0123")] },
}
export const three = {
  request: {
    phone_numbers: [
      sent("home", "541-555-0123"),
      sent("work", "541-555-0987", { extension: 5 }),
      sent("cell", "541-555-0573", { is_primary: true }),
    ],
  },
  answer: {
    ...envelope(3),
    phone_numbers: [
      answered(294655, "home", "541-555-0123"),
      answered(294656, "work", "541-555-0987", "5"),
      answered(294657, "cell", "541-555-0573"),
    ],
  },
}
export const abroad = {
  request: { phone_numbers: [{ number: "+44 20 7946 0958" }] },
  answer: {
    ...envelope(1),
    phone_numbers: [
      {
        ...answered(294655, "", "20-7946-0958"),
        country_code: "44",
        raw_number: "79460958",
        label: null,
      },
    ],
  },
}

export const phoneNumber: PhoneNumber = answered(294655, "home", "504-555-0123")

export const tooShort = { code: "too_short", detail: messages.too_short() }

export const refusedPhoneNumbers: InvalidPhoneNumbers = {
  error: errors.unprocessable,
  message: "1 of 2 phone numbers is invalid; nothing was saved.",
  phone_numbers: [
    { ...answered(0, "home", "541-555-0123"), id: null, url: null, updated_at: null },
    {
      ...answered(0, "work", "555-0123"),
      raw_number: null,
      id: null,
      url: null,
      updated_at: null,
      errors: { number: [tooShort.detail] },
    },
  ],
  problems: [{ pointer: "/phone_numbers/1/number", ...tooShort }],
}

export const refusedPhoneNumber: InvalidPhoneNumber = {
  ...phoneNumber,
  raw_number: null,
  number: "555-0123",
  error: errors.unprocessable,
  message: "The phone number is invalid; nothing was saved.",
  errors: { number: [tooShort.detail] },
  problems: [{ pointer: "/number", ...tooShort }],
}

/** A client whose only number is its primary one. */
export const client: Client = {
  id: 168019,
  url: "/clients/168019",
  name: "Will Smith",
  primary_phone_number: phoneNumber,
  phone_numbers: [phoneNumber],
  updated_at: "2017-12-15T00:12:21Z",
}

export const clients = { ...envelope(1), clients: [client] }
