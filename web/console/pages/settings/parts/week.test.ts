import { describe, expect, it } from "vitest";
import { bars, copyDay, further, ofDay, wrong } from "./week.ts";

const week = [
  { day: 1, from: "13:00:00", to: "18:00:00" },
  { day: 1, from: "09:00:00", to: "12:00:00" },
  { day: 6, from: "22:00", to: "00:00" },
];

describe("a week of hours", () => {
  it("knows a day's spans in order", () => {
    expect(ofDay(week, 1).map((span) => span.from)).toEqual(["09:00:00", "13:00:00"]);
  });
  it("takes midnight as the end of the day", () => {
    expect(bars(week, 6)).toEqual([{ start: (22 / 24) * 100, length: (2 / 24) * 100 }]);
    expect(wrong(week, 6)).toBeUndefined();
  });
  it("says what cannot be", () => {
    expect(wrong([{ day: 2, from: "17:00", to: "09:00" }], 2)).toBe("backwards");
    expect(
      wrong(
        [
          { day: 2, from: "09:00", to: "13:00" },
          { day: 2, from: "12:00", to: "17:00" },
        ],
        2,
      ),
    ).toBe("overlap");
  });
  it("offers a further span after the last", () => {
    expect(further(week, 3)).toEqual({ day: 3, from: "09:00", to: "17:00" });
    expect(further(week, 1)).toEqual({ day: 1, from: "19:00", to: "21:00" });
  });
  it("copies a day over others", () => {
    const copied = copyDay(week, 1, [1, 2, 6]);
    expect([1, 2, 6, 7].map((day) => ofDay(copied, day).length)).toEqual([2, 2, 2, 0]);
  });
});
