export { createPhonebookClient, type PhonebookClient } from "./client.ts"
export type { ClientsCalls } from "./clients.ts"
export { PhonebookError } from "./errors.ts"
export type { Failure, FieldErrors, Problem, ProblemCode } from "./failure.ts"
export type { CallOptions, ConditionalWriteOptions, PhonebookOptions, WriteOptions } from "./options.ts"
export type { Paging } from "./paging.ts"
export type { Comparison, PhoneNumberFilters, PhoneNumbersCalls } from "./phone-numbers.ts"
export type {
  Client,
  ClientChange,
  ClientInput,
  Clients,
  PhoneNumber,
  PhoneNumberChange,
  PhoneNumberInput,
  PhoneNumbers,
} from "./records.ts"
export type { WithEtag } from "./send.ts"
