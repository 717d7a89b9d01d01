export * from "./account.ts"
export * from "./batch.ts"
export * from "./client.ts"
export * from "./client-draft.ts"
export * from "./manage-clients.ts"
export {
  createPhoneNumbers,
  InvalidPhoneNumberList,
  InvalidPhoneNumbers,
  type RefusedPhoneNumber,
} from "./manage-phone-numbers.ts"
export { isCallingCode, readTelephoneNumber, type WrittenNumber } from "./numbering-plan.ts"
export * from "./phone-number.ts"
export * from "./phone-number-draft.ts"
export * from "./phone-number-repository.ts"
export * from "./primary.ts"
export { MAX_ECHO_LENGTH } from "./text.ts"
export * from "./unit-of-work.ts"
