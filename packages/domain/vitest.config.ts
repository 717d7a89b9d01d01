import { defineConfig } from "vitest/config"

// Pure functions leave nothing behind: the files share one worker, and import effect once.
export default defineConfig({ test: { include: ["test/**/*.test.ts"], isolate: false } })
