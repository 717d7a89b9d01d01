import type { Counts } from "@phonebook/persistence"

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? "" : "s"}`

export const describeCounts = ({ accounts, credentials, clients, phoneNumbers }: Counts): string =>
  [
    count(accounts, "account"),
    count(credentials, "credential"),
    count(clients, "client"),
    count(phoneNumbers, "phone number"),
  ].join(", ")

/** In the names of the wire. */
export const countsDocument = ({ phoneNumbers, ...counts }: Counts) => ({ ...counts, phone_numbers: phoneNumbers })
