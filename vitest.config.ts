import { defineConfig } from "vitest/config"

/** For every package: a time-out is for what hangs, not for a machine that is busy. */
export default defineConfig({ test: { include: ["test/**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000 } })
