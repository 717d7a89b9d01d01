import { defineConfig } from "rolldown"

/**
 * What is published is one file: the signing rule comes out of the contract, whose schemas, and `effect` with them, stay
 * behind because nothing here uses them.
 */
export default defineConfig({
  input: new URL("src/index.ts", import.meta.url).pathname,
  platform: "browser",
  treeshake: { moduleSideEffects: false },
  output: { file: "dist/index.js", sourcemap: false },
})
