// A draft while it is edited, as pure values: operations on the keys of steps, their way back, and what is not yet saved.
// The server does the same with the same operations (core/flow/editing.py); a position is never told, only a key.

export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type Fields = { [name: string]: Json };
export type Step = Fields & { key: string; type: string };
export type Document = { head: Fields; steps: Step[] };

export type Operation =
  | { op: "set"; key?: string; path: string; value: Json } // null takes the field away; without a key above the steps
  | { op: "insert"; after: string | null; step: Step }
  | { op: "move"; key: string; after: string | null }
  | { op: "remove"; key: string };

export type Change = { ops: Operation[]; back: Operation[]; field: string | null };

/** What an author sees and has not lost: the document, what the server has not got yet, what can be undone. */
export type Draft = {
  etag: string;
  document: Document;
  waiting: Operation[]; // not sent
  underway: Operation[]; // sent, not answered
  done: Change[];
  undone: Change[];
};

export const MOST_UNDONE = 200;

export function openDraft(etag: string, document: Document): Draft {
  return { etag, document, waiting: [], underway: [], done: [], undone: [] };
}

/** Do something now; typing on in the same field is one thing to undo. */
export function edit(draft: Draft, ops: Operation[]): Draft {
  const back = ops.reduce<{ document: Document; back: Operation[] }>(
    (state, op) => ({ document: apply(state.document, op), back: [invert(state.document, op), ...state.back] }),
    { document: draft.document, back: [] },
  );
  const field = nameField(ops);
  const last = draft.done.at(-1);
  const goesOn = last !== undefined && field !== null && last.field === field && draft.undone.length === 0;
  const change = goesOn ? { ops, back: last.back, field } : { ops, back: back.back, field };
  const done = [...(goesOn ? draft.done.slice(0, -1) : draft.done), change].slice(-MOST_UNDONE);
  return { ...draft, document: back.document, waiting: join(draft.waiting, ops), done, undone: [] };
}

/** End the present run of typing: what is typed next is undone by itself. */
export function pause(draft: Draft): Draft {
  const last = draft.done.at(-1);
  return last?.field ? { ...draft, done: [...draft.done.slice(0, -1), { ...last, field: null }] } : draft;
}

export function undo(draft: Draft): Draft {
  const change = draft.done.at(-1);
  if (!change) return draft;
  const redone = { ops: reverse(draft.document, change.back), back: change.back, field: null };
  return { ...run(draft, change.back), done: draft.done.slice(0, -1), undone: [...draft.undone, redone] };
}

export function redo(draft: Draft): Draft {
  const change = draft.undone.at(-1);
  if (!change) return draft;
  return { ...run(draft, change.ops), done: [...draft.done, change], undone: draft.undone.slice(0, -1) };
}

/** Take what waits to the server. */
export function send(draft: Draft): Draft {
  return { ...draft, underway: draft.waiting, waiting: [] };
}

export function saved(draft: Draft, etag: string): Draft {
  return { ...draft, etag, underway: [] };
}

/** The server was not reached: nothing is known of what was sent, it waits again. */
export function unsent(draft: Draft): Draft {
  return { ...draft, waiting: join(draft.underway, draft.waiting), underway: [] };
}

export type Conflict = { key: string | undefined; path: string; mine: Json; theirs: Json };

/** Somebody else has saved: do anew over their draft what is not saved here. What both changed is asked about. */
export function replay(draft: Draft, base: Document, etag: string, theirs: Document): { draft: Draft; conflicts: Conflict[] } {
  const mine = join(draft.underway, draft.waiting);
  const conflicts: Conflict[] = [];
  const kept: Operation[] = [];
  let document = theirs;
  for (const op of mine) {
    if (isLost(document, op)) continue;
    if (op.op === "set") {
      const now = read(theirs, op.key, op.path);
      const isTheirs = !same(now, read(base, op.key, op.path)) && !same(now, op.value);
      if (isTheirs) {
        conflicts.push({ key: op.key, path: op.path, mine: op.value, theirs: now });
        continue;
      }
    }
    document = apply(document, op);
    kept.push(op);
  }
  return { draft: { ...draft, etag, document, waiting: kept, underway: [] }, conflicts };
}

export function isSaved(draft: Draft): boolean {
  return draft.waiting.length === 0 && draft.underway.length === 0;
}

function run(draft: Draft, ops: Operation[]): Draft {
  const possible = ops.filter((op) => !isLost(draft.document, op));
  return { ...draft, document: possible.reduce(apply, draft.document), waiting: join(draft.waiting, possible) };
}

/** Whether an operation is about a step that is there no more. */
function isLost(document: Document, op: Operation): boolean {
  const has = (key: string) => document.steps.some((step) => step.key === key);
  if (op.op === "insert") return has(op.step.key);
  return op.key !== undefined && !has(op.key);
}

/** Queue operations; of two that set the same field one after the other the later counts. */
function join(before: Operation[], after: Operation[]): Operation[] {
  const joined = [...before];
  for (const op of after) {
    const last = joined.at(-1);
    if (op.op === "set" && last?.op === "set" && last.key === op.key && last.path === op.path) joined.pop();
    joined.push(op);
  }
  return joined;
}

function nameField(ops: Operation[]): string | null {
  const [op] = ops;
  return ops.length === 1 && op?.op === "set" && typeof op.value === "string" ? `${op.key ?? ""}:${op.path}` : null;
}

export function apply(document: Document, op: Operation): Document {
  switch (op.op) {
    case "set":
      if (op.key === undefined) return { ...document, head: put(document.head, op.path, op.value) };
      return {
        ...document,
        steps: document.steps.map((step) => (step.key === op.key ? (put(step, op.path, op.value) as Step) : step)),
      };
    case "insert":
      return { ...document, steps: place(document.steps, op.step, op.after) };
    case "move": {
      const step = document.steps.find((each) => each.key === op.key);
      const others = document.steps.filter((each) => each.key !== op.key);
      return step ? { ...document, steps: place(others, step, op.after) } : document;
    }
    case "remove":
      return { ...document, steps: document.steps.filter((step) => step.key !== op.key) };
  }
}

function place(steps: Step[], step: Step, after: string | null): Step[] {
  const found = after === null ? -1 : steps.findIndex((each) => each.key === after);
  const at = after !== null && found < 0 ? steps.length : found + 1;
  return [...steps.slice(0, at), step, ...steps.slice(at)];
}

/** The operation that takes another one back, said before that is done. */
export function invert(document: Document, op: Operation): Operation {
  switch (op.op) {
    case "set": {
      const path = findPresent(document, op.key, op.path); // what was not there is not left behind empty
      return { ...op, path, value: read(document, op.key, path) };
    }
    case "insert":
      return { op: "remove", key: op.step.key };
    case "move":
      return { op: "move", key: op.key, after: before(document, op.key) };
    case "remove": {
      const step = document.steps.find((each) => each.key === op.key);
      return step ? { op: "insert", after: before(document, op.key), step } : op;
    }
  }
}

function reverse(document: Document, ops: Operation[]): Operation[] {
  let now = document;
  const back: Operation[] = [];
  for (const op of ops) {
    if (isLost(now, op)) continue;
    back.unshift(invert(now, op));
    now = apply(now, op);
  }
  return back;
}

function before(document: Document, key: string): string | null {
  const at = document.steps.findIndex((step) => step.key === key);
  return at > 0 ? (document.steps[at - 1]?.key ?? null) : null;
}

export function read(document: Document, key: string | undefined, path: string): Json {
  const fields = key === undefined ? document.head : document.steps.find((step) => step.key === key);
  return path
    .split("/")
    .reduce<Json>((value, name) => (isFields(value) ? (value[name] ?? null) : null), fields ?? null);
}

/** The path, or as much of it as leads to the first thing that is not there. */
function findPresent(document: Document, key: string | undefined, path: string): string {
  const names = path.split("/");
  const missing = names.findIndex((_, at) => read(document, key, names.slice(0, at + 1).join("/")) === null);
  return missing < 0 ? path : names.slice(0, missing + 1).join("/");
}

function put(fields: Fields, path: string, value: Json): Fields {
  const [name = "", ...rest] = path.split("/");
  if (rest.length > 0) {
    const inner = fields[name];
    return { ...fields, [name]: put(isFields(inner ?? null) ? (inner as Fields) : {}, rest.join("/"), value) };
  }
  const { [name]: _, ...others } = fields;
  return value === null ? others : { ...fields, [name]: value };
}

function isFields(value: Json): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function same(one: Json, other: Json): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
