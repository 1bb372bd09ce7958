// The editor's promises on plain values: nothing typed is lost, everything can be taken back, two authors do not overwrite.
import { describe, expect, it } from "vitest";

import { type Document, edit, isSaved, openDraft, type Operation, pause, redo, replay, saved, send, undo, unsent } from "./model";

const start: Document = {
  head: { name: "Words" },
  steps: [
    { key: "a", type: "message", text: "One" },
    { key: "b", type: "message", text: { ru: "Два", en: "Two" } },
    { key: "c", type: "message", text: "Three" },
  ],
};
const set = (key: string, path: string, value: string): Operation => ({ op: "set", key, path, value });
const keys = (document: Document) => document.steps.map((step) => step.key).join("");

describe("undo", () => {
  it("takes a run of typing back at once, and what was typed after a pause by itself", () => {
    let draft = openDraft("1", start);
    for (const text of ["O", "On", "One!"]) draft = edit(draft, [set("a", "text", text)]);
    draft = edit(pause(draft), [set("a", "text", "One!?")]);
    draft = undo(draft);
    expect(draft.document.steps[0]?.["text"]).toBe("One!");
    draft = undo(draft);
    expect(draft.document).toEqual(start);
    expect(redo(redo(draft)).document.steps[0]?.["text"]).toBe("One!?");
  });

  it("brings a removed step back to its place", () => {
    const draft = edit(openDraft("1", start), [{ op: "remove", key: "b" }]);
    expect(keys(draft.document)).toBe("ac");
    expect(undo(draft).document).toEqual(start);
  });

  it("goes back 100 times and forth again over any operations", () => {
    const random = drawing(7);
    let draft = openDraft("1", start);
    const seen = [draft.document];
    for (let number = 0; number < 150; number++) {
      draft = edit(pause(draft), [pick(draft.document, random, number)]);
      seen.push(draft.document);
    }
    const last = draft.document;
    for (let number = 0; number < 100; number++) draft = undo(draft);
    expect(draft.document).toEqual(seen[50]);
    for (let number = 0; number < 100; number++) draft = redo(draft);
    expect(draft.document).toEqual(last);
  });
});

describe("saving", () => {
  it("keeps what the server did not get, in its order", () => {
    let draft = send(edit(openDraft("1", start), [set("a", "text", "First")]));
    draft = edit(draft, [set("a", "text", "First, then")]);
    expect(isSaved(draft)).toBe(false);
    draft = unsent(draft);
    expect(draft.waiting).toEqual([set("a", "text", "First, then")]);
    expect(isSaved(saved(send(draft), "2"))).toBe(true);
  });
});

describe("two authors", () => {
  it("keep both their words where they changed different fields", () => {
    const mine = edit(openDraft("1", start), [set("b", "text/en", "Two!")]);
    const theirs = edit(openDraft("1", start), [set("b", "text/ru", "Два!"), { op: "remove", key: "c" }]).document;
    const merged = replay(mine, start, "2", theirs);
    expect(merged.conflicts).toEqual([]);
    expect(merged.draft.document.steps[1]?.["text"]).toEqual({ ru: "Два!", en: "Two!" });
    expect(keys(merged.draft.document)).toBe("ab");
  });

  it("are asked where both changed the same field", () => {
    const mine = edit(openDraft("1", start), [set("a", "text", "Mine")]);
    const theirs = edit(openDraft("1", start), [set("a", "text", "Theirs")]).document;
    const { draft, conflicts } = replay(mine, start, "2", theirs);
    expect(conflicts).toEqual([{ key: "a", path: "text", mine: "Mine", theirs: "Theirs" }]);
    expect(draft.document.steps[0]?.["text"]).toBe("Theirs");
  });

  it("lose nothing over 500 random operations of both", () => {
    const random = drawing(3);
    let server = start;
    let etag = 1;
    let base = start;
    let draft = openDraft("1", start);
    const mine = new Map<string, string>();
    for (let number = 0; number < 500; number++) {
      const key = `m${number}`;
      if (random(2)) {
        draft = edit(draft, [{ op: "insert", after: null, step: { key, type: "message", text: key } }]);
        mine.set(key, key);
      } else {
        server = edit(openDraft("", server), [{ op: "insert", after: null, step: { key: `t${number}`, type: "message" } }]).document;
        etag++;
      }
      if (random(5) === 0) {
        if (draft.etag !== String(etag)) draft = replay(draft, base, String(etag), server).draft;
        server = draft.document;
        etag++;
        draft = saved(send(draft), String(etag));
        base = server;
      }
    }
    const merged = replay(draft, base, String(etag), server).draft.document;
    const shown = new Set(merged.steps.map((step) => step.key));
    expect([...mine.keys()].filter((key) => !shown.has(key))).toEqual([]);
    expect(server.steps.filter((step) => step.key.startsWith("t") && !shown.has(step.key))).toEqual([]);
  });
});

/** Numbers below a bound that are the same in every run. */
function drawing(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function pick(document: Document, random: (below: number) => number, number: number): Operation {
  const step = document.steps[random(document.steps.length || 1)];
  const other = document.steps[random(document.steps.length || 1)]?.key ?? null;
  if (!step || random(4) === 0) return { op: "insert", after: other, step: { key: `n${number}`, type: "message" } };
  if (random(3) === 0) return { op: "move", key: step.key, after: other === step.key ? null : other };
  if (random(3) === 0 && document.steps.length > 1) return { op: "remove", key: step.key };
  return { op: "set", key: step.key, path: random(2) ? "text" : "wait/day", value: `v${number}` };
}
