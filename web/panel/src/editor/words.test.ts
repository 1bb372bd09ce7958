// One line of a step: what begins with it, how long it waits; a text as Telegram counts it.
import { describe, expect, it } from "vitest";

import { readInterval, tellInterval } from "./intervals";
import type { Json } from "./model";
import { chooseKind, kindOf, type Schema } from "./schema";
import { bandOf, nextDay, waitOf } from "./words";

const lesson = (key: string, drip: Record<string, string | number> | string) => ({ key, type: "lesson", drip });

describe("a line of the script", () => {
  it("stands under its day and hour, its section, its module", () => {
    const first = lesson("one", { day: 3, at: "09:00" });
    expect(bandOf(first, undefined, "en")).toEqual({ kind: "day", day: 3, at: "09:00" });
    expect(bandOf(lesson("two", { day: 3 }), first, "en")).toBeNull();
    expect(bandOf({ key: "s", type: "section", title: { en: "Week 2" } }, first, "en")).toEqual({ kind: "section", name: "Week 2" });
    expect(bandOf({ key: "Vocab_1", type: "quiz" }, first, "en")).toEqual({ kind: "module", name: "Vocab" });
    expect(bandOf({ key: "Vocab_2", type: "quiz" }, { key: "Vocab_1", type: "quiz" }, "en")).toBeNull();
    expect(bandOf({ key: "message_2", type: "message" }, undefined, "en")).toBeNull();
  });

  it("says how long it waits", () => {
    expect(waitOf(lesson("a", { after: "2d" }))).toBe("2d");
    expect(waitOf({ key: "b", type: "delay", wait: "1d:2h" })).toBe("1d:2h");
    expect(waitOf(lesson("c", "immediately"))).toBe("");
    expect(tellInterval("1d:2h", "en")).toBe("1 day 2 hours");
    expect(tellInterval("5h", "ru")).toBe("5 часов");
    expect(readInterval("soon")).toEqual([]);
  });
});

describe("a form", () => {
  const kinds: Schema[] = [
    { type: "object", title: "OnDay", properties: { day: { type: "integer" }, at: { type: "string" } }, required: ["day"] },
    { type: "object", title: "AfterPrevious", properties: { after: { type: "string" } }, required: ["after"] },
    { const: "immediately", title: "Immediately" },
  ];

  it("knows which of several kinds a value is", () => {
    const values: Json[] = [null, "immediately", { day: 1, at: "09:00" }, { after: "1d" }, { else: 1 }];
    expect(values.map((value) => chooseKind(kinds, value))).toEqual([2, 2, 0, 1, -1]);
  });

  it("knows a union with a word in it, an interval, an hour, a choice of several", () => {
    const items = { enum: ["text", "photo"] };
    const schemas: Schema[] = [{ anyOf: kinds }, { type: "string", format: "1d:2h:30m" }, { type: "string", format: "09:00" }, { type: "array", items }];
    expect(schemas.map((schema) => kindOf(schema))).toEqual(["union", "interval", "time", "choices"]);
  });
});

describe("a new lesson", () => {
  it("comes the day after the last one, the first one at once", () => {
    expect(nextDay([])).toBeUndefined();
    expect(nextDay([{ key: "a", type: "lesson" }])).toBe(2);
    expect(nextDay([lesson("a", { day: 4 }), lesson("b", { day: 2 }), { key: "c", type: "message" }])).toBe(5);
  });
});
