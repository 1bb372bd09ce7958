import { describe, expect, it } from "vitest";

import { readSum } from "./sums";

describe("a sum as people type it", () => {
  it.each([
    ["1500", 1500],
    ["1 500,50", 1500.5],
    ["1 500.5", 1500.5],
    ["1,500", 1500],
    ["1.500,50", 1500.5],
    ["1,500,000.05", 1500000.05],
    ["0,99", 0.99],
  ])("reads %s", (typed, meant) => expect(readSum(typed, 2)).toBe(meant));

  it.each([["дорого"], [""], ["-5"], ["1,2,3"], ["15,5005"], ["10 рублей"]])("does not guess at %s", (typed) =>
    expect(readSum(typed, 2)).toBeNaN(),
  );

  it("leaves no part of a star", () => expect(readSum("10,5", 0)).toBeNaN());
});
