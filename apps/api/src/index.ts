export { makeApp } from "./app.ts"
export { demoCredential } from "./bootstrap.ts"
export { makeLog } from "./log.ts"
export { serve } from "./serve.ts"
