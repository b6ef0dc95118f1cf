import { defineConfig } from "vitest/config";

/** The journeys: each file starts its own hub, so files run one after the other. */
export default defineConfig({
  test: {
    include: ["tests/browser/**/*.spec.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
