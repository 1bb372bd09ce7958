import { expect, test } from "vitest";

import { findNamed, nameAt, startOfName } from "./naming";

const ANNA = { id: "1", name: "Anna" };
const ANNA_B = { id: "2", name: "Anna Berg" };
const OLEG = { id: "3", name: "Oleg" };

test("who is named is told, a longer name before its beginning", () => {
  expect(findNamed("@Anna Berg, look", [ANNA, ANNA_B, OLEG])).toEqual([ANNA_B]);
  expect(findNamed("@Anna and @Anna Berg", [ANNA, ANNA_B, OLEG])).toEqual([ANNA, ANNA_B]);
  expect(findNamed("Anna, look", [ANNA, ANNA_B, OLEG])).toEqual([]);
});

test("a name is begun by an @ after a space, and may have a second word", () => {
  expect(startOfName("look @An")).toBe("An");
  expect(startOfName("@Anna Be")).toBe("Anna Be");
  expect(startOfName("@")).toBe("");
  expect(startOfName("a@b")).toBeNull();
  expect(startOfName("no name")).toBeNull();
});

test("a chosen name takes the place of what was typed of it", () => {
  expect(nameAt("look @An please", 8, "Anna Berg")).toEqual({ text: "look @Anna Berg please", at: 16 });
});
