// Any document becomes any other by what is different, and by nothing else.
import { describe, expect, it } from "vitest";

import { listOperations } from "./documents";
import { apply, type Document } from "./model";

const text = (key: string, words: string) => ({ key, type: "message", text: words });
const from: Document = { head: { slug: "s", name: "Old" }, steps: ["a", "b", "c", "d"].map((key) => text(key, key)) };

describe("operations between two documents", () => {
  it("lead from one to the other", () => {
    const others: Document[] = [
      from,
      { head: { slug: "s", name: "New" }, steps: [text("d", "d"), text("a", "changed"), text("x", "new")] },
      { head: { slug: "s" }, steps: [] },
      { head: from.head, steps: [...from.steps].reverse() },
    ];
    for (const to of others) expect(listOperations(from, to).reduce(apply, from)).toEqual(to);
  });

  it("are none where nothing is different", () => {
    expect(listOperations(from, from)).toEqual([]);
  });

  it("leave alone what is the same", () => {
    const to = { ...from, steps: from.steps.map((step) => (step.key === "b" ? text("b", "B") : step)) };
    expect(listOperations(from, to)).toEqual([{ op: "set", key: "b", path: "text", value: "B" }]);
  });
});
