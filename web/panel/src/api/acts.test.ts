import { expect, test } from "vitest";

import { noteClick, Presses } from "./acts";

const sources = import.meta.glob<string>(["../**/*.{ts,tsx}", "!./acts.ts"], { eager: true, query: "?raw", import: "default" });

test("of two presses at once one counts, and another when it is over", () => {
  const presses = new Presses();
  expect(presses.begin()).toBe(true);
  expect(presses.begin()).toBe(false);
  presses.end();
  expect(presses.begin()).toBe(true);
});

test("another wish counts while the first is underway", () => {
  const presses = new Presses();
  expect(presses.begin({ tag: "vip" })).toBe(true);
  expect(presses.begin({ tag: "warm" })).toBe(true);
  expect(presses.begin({ tag: "vip" })).toBe(false);
});

test("the second click of a double click does nothing, even when the first is done already", () => {
  const presses = new Presses();
  noteClick({ detail: 1, timeStamp: 1000 });
  expect(presses.begin(undefined, 1001)).toBe(true);
  presses.end();
  noteClick({ detail: 2, timeStamp: 1200 });
  expect(presses.begin(undefined, 1201)).toBe(false);
  noteClick({ detail: 0, timeStamp: 1300 }); // Enter
  expect(presses.begin(undefined, 1301)).toBe(true);
});

test("every screen acts through it", () => {
  expect(Object.keys(sources).length).toBeGreaterThan(50);
  expect(Object.entries(sources).filter(([path, source]) => !path.endsWith("acts.test.ts") && source.includes("useMutation"))).toEqual([]);
});
