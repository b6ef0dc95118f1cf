import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["shared/**/*.test.ts", "widget/**/*.test.ts", "console/**/*.test.ts", "console/**/*.test.ts"],
    environment: "node",
  },
});
