// Keeps a draft: on this device with every key, on the server soon after the last one; says truly which of both.
import { type Problem as Refused, ProblemError, UnreachedError } from "../api/client";
import {
  type Conflict,
  type Document,
  type Draft,
  edit,
  isSaved,
  openDraft,
  type Operation,
  pause,
  redo,
  replay,
  saved,
  send,
  undo,
  unsent,
} from "./model";

export type Problem = { step: string | null; path: string; detail: string; warning: boolean };
export type Loaded = { etag: string; document: Document };
export type Server = {
  load: () => Promise<Loaded>;
  save: (etag: string, ops: Operation[]) => Promise<{ etag: string; problems: Problem[] }>;
};
export type Shelf = { read: () => string | null; write: (text: string | null) => void };

export type State =
  | { name: "saved" }
  | { name: "saving" }
  | { name: "kept"; why: string } // on this device alone; empty: the server cannot be reached
  | { name: "asked" }; // both changed the same, the author is to choose

export type Shown = {
  draft: Draft;
  state: State;
  savedAt: Date | null;
  problems: Problem[];
  conflicts: Conflict[];
};

export const QUIET = 800; // ms after the last key
const AGAIN = 3_000; // ms before a server that was not reached is asked again

type Copy = { base: Document; draft: Draft };

export class Keeper {
  private shown: Shown;
  private base: Document;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private working = false;
  private readonly listeners = new Set<() => void>();

  private constructor(
    loaded: Loaded,
    private readonly server: Server,
    private readonly shelf: Shelf,
  ) {
    this.base = loaded.document;
    this.shown = {
      draft: openDraft(loaded.etag, loaded.document),
      state: { name: "saved" },
      savedAt: null,
      problems: [],
      conflicts: [],
    };
  }

  /** Open a draft; what this device has kept of it, and the server has not, is done anew over what is there now. */
  static async open(server: Server, shelf: Shelf): Promise<Keeper> {
    const loaded = await server.load();
    const keeper = new Keeper(loaded, server, shelf);
    const copy = readCopy(shelf);
    if (copy) keeper.takeOver(copy, loaded);
    return keeper;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  look = (): Shown => this.shown;

  change(ops: Operation[]): void {
    this.show({ draft: edit(this.shown.draft, ops) });
    this.plan(QUIET);
  }

  pause(): void {
    this.show({ draft: pause(this.shown.draft) });
  }

  undo(): void {
    this.show({ draft: undo(this.shown.draft) });
    this.plan(QUIET);
  }

  redo(): void {
    this.show({ draft: redo(this.shown.draft) });
    this.plan(QUIET);
  }

  /** Of a field that both have changed: mine or theirs. */
  settle(conflict: Conflict, mine: boolean): void {
    const conflicts = this.shown.conflicts.filter((each) => each !== conflict);
    this.show({ conflicts });
    if (mine) {
      const { key, path, mine: value } = conflict;
      this.change([key === undefined ? { op: "set", path, value } : { op: "set", key, path, value }]);
    }
    this.plan(0);
  }

  /** Somebody else may have saved: with nothing of one's own unsaved, look what is there now. */
  async refresh(): Promise<void> {
    if (this.working || !isSaved(this.shown.draft)) return;
    const loaded = await this.server.load();
    if (loaded.etag !== this.shown.draft.etag && !this.working && isSaved(this.shown.draft)) this.mergeWith(loaded);
  }

  /** Save at once what is not saved; for who leaves, or publishes. False if it is on this device alone. */
  async flush(): Promise<boolean> {
    while (!isSaved(this.shown.draft) && this.shown.conflicts.length === 0) {
      if (!(await this.work())) return false;
    }
    return isSaved(this.shown.draft);
  }

  close(): void {
    clearTimeout(this.timer);
    this.listeners.clear();
  }

  private plan(wait: number): void {
    clearTimeout(this.timer);
    if (this.shown.state.name === "saved" && !isSaved(this.shown.draft)) this.show({ state: { name: "saving" } });
    if (isSaved(this.shown.draft) || this.shown.conflicts.length > 0) return;
    this.timer = setTimeout(() => void this.work(), wait);
  }

  /** Send what waits; false if it could not be saved. */
  private async work(): Promise<boolean> {
    clearTimeout(this.timer);
    if (this.working) return new Promise((done) => setTimeout(() => done(true), 20));
    this.working = true;
    this.show({ draft: send(this.shown.draft), state: { name: "saving" } });
    try {
      const { etag, problems } = await this.server.save(this.shown.draft.etag, this.shown.draft.underway);
      this.base = this.documentWithout();
      const draft = saved(this.shown.draft, etag);
      this.show({ draft, state: { name: isSaved(draft) ? "saved" : "saving" }, savedAt: new Date(), problems });
      return true;
    } catch (error) {
      return await this.recover(error);
    } finally {
      this.working = false;
      if (!isSaved(this.shown.draft)) this.plan(this.shown.state.name === "kept" ? AGAIN : QUIET);
    }
  }

  private async recover(error: unknown): Promise<boolean> {
    if (error instanceof ProblemError && error.problem.status === 412) {
      try {
        this.mergeWith(await this.server.load());
        return this.shown.conflicts.length === 0;
      } catch (again) {
        error = again;
      }
    }
    const refused = error instanceof ProblemError ? error.problem : null;
    if (!refused && !(error instanceof UnreachedError)) console.error(error);
    const problems = refused?.status === 422 ? readPlaces(refused) : this.shown.problems;
    this.show({ draft: unsent(this.shown.draft), state: { name: "kept", why: refused?.detail ?? "" }, problems });
    return false;
  }

  private mergeWith(loaded: Loaded): void {
    const { draft, conflicts } = replay(this.shown.draft, this.base, loaded.etag, loaded.document);
    this.base = loaded.document;
    const state: State = conflicts.length > 0 ? { name: "asked" } : isSaved(draft) ? { name: "saved" } : { name: "saving" };
    this.show({ draft, conflicts: [...this.shown.conflicts, ...conflicts], state });
  }

  private takeOver(copy: Copy, loaded: Loaded): void {
    this.base = copy.base;
    this.show({ draft: unsent(copy.draft), state: { name: "kept", why: "" } });
    this.mergeWith(loaded);
    this.plan(0);
  }

  /** What the server has: the document as it was sent, without what has been typed since. */
  private documentWithout(): Document {
    const { draft } = this.shown;
    return draft.waiting.length === 0 ? draft.document : replay({ ...draft, waiting: [] }, this.base, "", this.base).draft.document;
  }

  private show(change: Partial<Shown>): void {
    this.shown = { ...this.shown, ...change };
    const { draft } = this.shown;
    const copy: Copy = { base: this.base, draft };
    this.shelf.write(isSaved(draft) && draft.done.length === 0 && draft.undone.length === 0 ? null : JSON.stringify(copy));
    for (const listener of this.listeners) listener();
  }
}

/** What the server will not have, each at its step: `/steps/hello/text`. */
function readPlaces(refused: Refused): Problem[] {
  return (refused.errors ?? []).map(({ pointer, detail }) => {
    const [, first, step, ...path] = pointer.split("/");
    return first === "steps" && step ? { step, path: path.join("/"), detail, warning: false } : { step: null, path: pointer, detail, warning: false };
  });
}

function readCopy(shelf: Shelf): Copy | null {
  try {
    const text = shelf.read();
    return text === null ? null : (JSON.parse(text) as Copy);
  } catch {
    return null; // not ours, or of another version
  }
}
