import { describe, expect, it } from "vitest";
import { cell, cleanup, computed, effect, scope, settle } from "./dom.ts";

describe("cells", () => {
  it("wake what has read them, once for all changes of a turn", () => {
    const [a, b] = [cell(1), cell(2)];
    const seen: number[] = [];
    effect(() => seen.push(a.v + b.v));
    a.v = 10;
    b.v = 20;
    expect(seen).toEqual([3]);
    settle();
    expect(seen).toEqual([3, 30]);
    a.v = 10;
    settle();
    expect(seen).toEqual([3, 30]);
  });

  it("are no longer watched where they are no longer read", () => {
    const [yes, a] = [cell(true), cell(1)];
    let runs = 0;
    effect(() => {
      runs += 1;
      return yes.v && a.v > 0 ? undefined : undefined;
    });
    yes.v = false;
    settle();
    a.v = 2;
    settle();
    expect(runs).toBe(2);
    expect(a.readers.size).toBe(0);
  });

  it("are computed when asked, and again only after a change", () => {
    const a = cell(1);
    let made = 0;
    const twice = computed(() => ((made += 1), a.v * 2));
    expect(made).toBe(0);
    expect([twice.v, twice.v, made]).toEqual([2, 2, 1]);
    const seen: number[] = [];
    effect(() => seen.push(twice.v));
    a.v = 5;
    settle();
    expect(seen).toEqual([2, 10]);
    expect(made).toBe(2);
  });
});

describe("effects", () => {
  it("end with the scope that they were made in, and clean up", () => {
    const a = cell(1);
    const told: string[] = [];
    const [, end] = scope(() => {
      cleanup(() => told.push("scope"));
      effect(() => {
        void a.v;
        effect(() => {
          void a.v;
          return () => told.push("inner");
        });
        return () => told.push("outer");
      });
    });
    a.v = 2;
    settle();
    expect(told).toContain("outer");
    expect(told).toContain("inner");
    end();
    expect(told.at(0)).not.toBe("scope");
    expect(told).toContain("scope");
    expect(a.readers.size).toBe(0);
  });

  it("that set what others read are followed to the end", () => {
    const [a, b] = [cell(0), cell(0)];
    effect(() => {
      b.v = a.v * 2;
    });
    let seen = 0;
    effect(() => {
      seen = b.v;
    });
    a.v = 4;
    settle();
    expect(seen).toBe(8);
  });
});
