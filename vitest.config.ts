import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // One worker does all files, so that it loads the engine once: a test gives back what it changes of its process.
    isolate: false,
    // Ends what hangs when a file is run alone. The test command ends what prints nothing for as long, and nothing for its length.
    testTimeout: 600_000,
    hookTimeout: 600_000
  }
})
