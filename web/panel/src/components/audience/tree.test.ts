import { expect, test } from "vitest";

import { type ConditionForm, isComplete, read, tell, widgetOf, write } from "./tree";

const FORMS: ConditionForm[] = [
  { name: "tag", label: "Tagged", main: "name", json_schema: { properties: { name: { type: "string" } }, required: ["name"] }, labels: { name: "name" }, choices: { name: [{ value: "w", label: "warm" }] } },
  { name: "last_seen_days", label: "Here within days", main: "days", json_schema: { properties: { days: { type: "integer" } }, required: ["days"] }, labels: { days: "days" }, choices: {} },
  { name: "paid", label: "Have access now", main: null, json_schema: {}, labels: {}, choices: {} },
];

test("a tree that was read is written as the same conditions", () => {
  const written = { any: ["paid", { tag: "w" }, { not: { last_seen_days: 7 } }] };
  expect(write(read(written, FORMS))).toEqual({ any: [{ paid: {} }, { tag: { name: "w" } }, { not: [{ last_seen_days: { days: 7 } }] }] });
});

test("a group without conditions asks nothing", () => {
  expect(write({ joint: "all", parts: [{ joint: "any", parts: [] }] })).toEqual({ all: [] });
});

test("a condition lacks what it needs until it is filled in", () => {
  expect(isComplete(read({ all: [{ tag: {} }] }, FORMS), FORMS)).toBe(false);
  expect(isComplete(read({ all: [{ tag: "w" }] }, FORMS), FORMS)).toBe(true);
  expect(isComplete(read({ any: [] }, FORMS), FORMS)).toBe(false);
});

test("a tree is told by what things are called", () => {
  expect(tell(read({ all: [{ tag: "w" }, "paid"] }, FORMS), FORMS, (_, parts) => parts.join("; "))).toBe("Tagged: warm; Have access now");
});

test("an argument is chosen where the account has something for it", () => {
  expect(FORMS.slice(0, 2).map((form) => widgetOf(form, form.main ?? ""))).toEqual(["choice", "number"]);
});
