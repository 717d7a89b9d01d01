export type {
  Client,
  ClientChange,
  ClientInput,
  Clients,
  FieldErrors,
  PhoneNumber,
  PhoneNumberChange,
  PhoneNumberInput,
  PhoneNumbers,
  Problem,
  ProblemCode,
} from "@phonebook/contract"
export { createPhonebookClient, type PhonebookClient } from "./client.ts"
export type { ClientsCalls } from "./clients.ts"
export { type Failure, PhonebookError } from "./errors.ts"
export type { CallOptions, ConditionalWriteOptions, PhonebookOptions, WriteOptions } from "./options.ts"
export type { Paging } from "./paging.ts"
export type { Comparison, PhoneNumberFilters, PhoneNumbersCalls } from "./phone-numbers.ts"
export type { WithEtag } from "./send.ts"
