export * from "./client.ts"
export * from "./errors.ts"
export * from "./phone-number.ts"
export * from "./signature.ts"
