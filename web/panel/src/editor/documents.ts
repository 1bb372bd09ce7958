// One document made into another by operations on the keys of steps, so that a text written elsewhere is an edit like any other.
import { apply, type Document, type Fields, type Json, type Operation, same, type Step } from "./model";

const OWN = new Set(["key", "kind", "slug"]); // what no operation changes

export function listOperations(from: Document, to: Document): Operation[] {
  const ops: Operation[] = [...listSets(from.head, to.head, undefined)];
  const wanted = new Set(to.steps.map((step) => step.key));
  for (const { key } of from.steps) if (!wanted.has(key)) ops.push({ op: "remove", key });
  let document = ops.reduce(apply, from);
  const run = (op: Operation) => {
    ops.push(op);
    document = apply(document, op);
  };
  to.steps.forEach((step, at) => {
    const after = to.steps[at - 1]?.key ?? null;
    const known = document.steps.find((each) => each.key === step.key);
    if (!known) run({ op: "insert", after, step });
    else {
      if (before(document.steps, step.key) !== after) run({ op: "move", key: step.key, after });
      listSets(known, step, step.key).forEach(run);
    }
  });
  return ops;
}

function before(steps: Step[], key: string): string | null {
  return steps[steps.findIndex((step) => step.key === key) - 1]?.key ?? null;
}

function listSets(from: Fields, to: Fields, key: string | undefined): Operation[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((name) => !OWN.has(name));
  return names
    .filter((name) => !same(from[name] ?? null, to[name] ?? null))
    .map((path): Operation => {
      const value: Json = to[path] ?? null;
      return key === undefined ? { op: "set", path, value } : { op: "set", key, path, value };
    });
}
