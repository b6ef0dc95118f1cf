import { expect, test } from "vitest";
import { spoken } from "./time.ts";

test.each([
  [400, "0 sec"],
  [12_300, "12 sec"],
  [59_900, "60 sec"],
  [180_000, "3 min"],
  [7_200_000, "2 hr"],
])("%i ms took %s", (ms, words) => expect(spoken(ms, "en")).toBe(words));
