import { expect, test } from "vitest";

import type { Step } from "../../editor/model";
import { waysOf } from "./ways";

const say = (key: string, more: object = {}) => ({ key, type: "message", text: key, ...more }) as Step;

test("a step leads to the next, an end to nothing", () => {
  expect(waysOf([say("a"), { key: "stop", type: "end" }, say("b")], "en")).toEqual([{ from: "a", to: "stop", words: "" }]);
});

test("options that all lead somewhere leave no way straight on, one that does not leaves it", () => {
  const yes = { text: "Yes", goto: "c" };
  const other = { text: "No", goto: "b" };
  expect(waysOf([say("a", { options: [yes, other] }), say("b"), say("c")], "en")).toEqual([
    { from: "a", to: "c", words: "Yes" },
    { from: "a", to: "b", words: "No" },
    { from: "b", to: "c", words: "" },
  ]);
  expect(waysOf([say("a", { options: [yes, { text: "No" }] }), say("b"), say("c")], "en")).toContainEqual({ from: "a", to: "b", words: "" });
});

test("a branch goes its ways, and on where none of them holds", () => {
  const cases = [{ when: "paid", goto: "c" }];
  expect(waysOf([{ key: "a", type: "branch", cases }, say("b"), say("c")], "en").filter(({ from }) => from === "a").map(({ to }) => to)).toEqual(["c", "b"]);
  expect(waysOf([{ key: "a", type: "branch", cases, else: "c" }, say("b"), say("c")], "en").filter(({ from }) => from === "a").map(({ to }) => to)).toEqual(["c"]);
});

test("a way to a step that is not there is no way", () => {
  expect(waysOf([say("a", { options: [{ text: "Yes", goto: "gone" }] })], "en")).toEqual([]);
});
