// Whatever happens between typing and the server's answer: nothing typed is lost, and "saved" is never untrue.
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { ProblemError, UnreachedError } from "../api/client";
import { Keeper, type Loaded, QUIET, type Server, type Shelf } from "./keeper";
import { apply, type Document, isSaved, type Operation } from "./model";

const start: Document = { head: {}, steps: [{ key: "a", type: "message", text: "One" }] };
const type = (text: string): Operation[] => [{ op: "set", key: "a", path: "text", value: text }];

/** A server with one draft, as the real one: operations by key, refused where somebody else was first. */
class Fake implements Server {
  etag = 1;
  document = start;
  trouble: "none" | "unreached" | "lost answer" = "none";
  saves = 0;

  load = (): Promise<Loaded> =>
    this.trouble === "none"
      ? Promise.resolve({ etag: String(this.etag), document: this.document })
      : Promise.reject(new UnreachedError("down"));

  save = (etag: string, ops: Operation[]) => {
    this.saves++;
    if (this.trouble === "unreached") return Promise.reject(new UnreachedError("down"));
    if (etag !== String(this.etag))
      return Promise.reject(new ProblemError({ status: 412, code: "CHANGED_MEANWHILE", detail: "" }));
    this.document = ops.reduce(apply, this.document);
    this.etag++;
    if (this.trouble === "lost answer") return Promise.reject(new UnreachedError("down"));
    return Promise.resolve({ etag: String(this.etag), problems: [] });
  };

  get text() {
    return this.document.steps[0]?.["text"];
  }
}

function shelf(): Shelf & { kept: string | null } {
  const kept = { kept: null as string | null, read: () => kept.kept, write: (text: string | null) => void (kept.kept = text) };
  return kept;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a keeper", () => {
  it("saves once, after the last key", async () => {
    const server = new Fake();
    const keeper = await Keeper.open(server, shelf());
    for (const text of ["T", "Tw", "Two"]) keeper.change(type(text));
    expect(keeper.look().state.name).toBe("saving");
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect([server.text, server.saves, keeper.look().state.name]).toEqual(["Two", 1, "saved"]);
  });

  it("says at which field the server will not have it, and keeps it", async () => {
    const server = new Fake();
    const errors = [{ pointer: "/steps/a/text/en", code: "FLOW_INVALID", detail: "is empty" }];
    server.save = () => Promise.reject(new ProblemError({ status: 422, code: "FLOW_INVALID", detail: "no", errors }));
    const keeper = await Keeper.open(server, shelf());
    keeper.change(type("Two"));
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect(keeper.look().problems).toEqual([{ step: "a", path: "text/en", detail: "is empty", warning: false }]);
    expect(keeper.look().draft.document.steps[0]?.["text"]).toBe("Two");
    keeper.close();
  });

  it("keeps it on the device while the server is away, and sends it when it is back", async () => {
    const server = new Fake();
    const keeper = await Keeper.open(server, shelf());
    server.trouble = "unreached";
    keeper.change(type("Two"));
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect(keeper.look().state).toEqual({ name: "kept", why: "" });
    server.trouble = "none";
    await vi.advanceTimersByTimeAsync(10_000);
    expect([server.text, keeper.look().state.name]).toEqual(["Two", "saved"]);
  });

  it("brings back after a crash what was not sent", async () => {
    const server = new Fake();
    const kept = shelf();
    const keeper = await Keeper.open(server, kept);
    keeper.change(type("Two"));
    keeper.close(); // in the middle of typing
    await Keeper.open(server, kept);
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect(server.text).toBe("Two");
  });

  it("does not do twice what was done when the answer was lost", async () => {
    const server = new Fake();
    const keeper = await Keeper.open(server, shelf());
    server.trouble = "lost answer";
    keeper.change([{ op: "insert", after: "a", step: { key: "b", type: "message" } }]);
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    server.trouble = "none";
    await vi.advanceTimersByTimeAsync(10_000);
    expect(server.document.steps.map((step) => step.key)).toEqual(["a", "b"]);
    expect(keeper.look().state.name).toBe("saved");
  });

  it("shows both texts where two authors changed the same, and writes the one that is chosen", async () => {
    const server = new Fake();
    const keeper = await Keeper.open(server, shelf());
    server.document = type("Theirs").reduce(apply, server.document);
    server.etag++;
    keeper.change(type("Mine"));
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    const [conflict] = keeper.look().conflicts;
    expect(conflict).toMatchObject({ mine: "Mine", theirs: "Theirs" });
    expect(server.text).toBe("Theirs");
    if (conflict) keeper.settle(conflict, true);
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect(server.text).toBe("Mine");
  });

  it("undoes what was done before a reload", async () => {
    const server = new Fake();
    const kept = shelf();
    (await Keeper.open(server, kept)).change(type("Two"));
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    const again = await Keeper.open(server, kept);
    again.undo();
    await vi.advanceTimersByTimeAsync(QUIET + 10);
    expect(server.text).toBe("One");
  });

  it("loses no word over 500 random acts with a server that comes and goes", async () => {
    let state = 11;
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const server = new Fake();
    const kept = shelf();
    let keeper = await Keeper.open(server, kept);
    const written: string[] = [];
    for (let number = 0; number < 500; number++) {
      const act = random(10);
      if (act < 6) {
        const key = `n${number}`;
        keeper.change([{ op: "insert", after: null, step: { key, type: "message", text: key } }]);
        written.push(key);
      } else if (act === 6) {
        server.trouble = (["none", "unreached", "lost answer"] as const)[random(3)] ?? "none";
      } else if (act === 7 && server.trouble === "none") {
        keeper.close();
        keeper = await Keeper.open(server, kept);
      } else if (act === 8) {
        server.document = apply(server.document, { op: "insert", after: "a", step: { key: `t${number}`, type: "message" } });
        server.etag++;
        written.push(`t${number}`);
      }
      await vi.advanceTimersByTimeAsync(random(2_000));
      if (keeper.look().state.name === "saved") {
        expect(isSaved(keeper.look().draft)).toBe(true);
        const there = new Set(server.document.steps.map((step) => step.key));
        expect(written.filter((key) => !there.has(key))).toEqual([]);
      }
    }
    server.trouble = "none";
    await vi.advanceTimersByTimeAsync(60_000);
    const there = new Set(server.document.steps.map((step) => step.key));
    expect(written.filter((key) => !there.has(key))).toEqual([]);
  });
});
