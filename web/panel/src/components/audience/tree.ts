// A tree of conditions as the API reads it: `all`, `any`, `not` of others, or one condition with what it asks.
export type Json = string | number | boolean | null | Json[] | { [name: string]: Json };
export type Joint = "all" | "any" | "not";
export type Leaf = { name: string; args: Record<string, Json> };
export type Branch = { joint: Joint; parts: Node[] };
export type Node = Leaf | Branch;
export type ConditionForm = {
  name: string;
  label: string;
  main: string | null;
  json_schema: { properties?: Record<string, Field>; required?: string[] };
  labels: Record<string, string>;
  choices: Record<string, { value: string; label: string }[]>;
};
type Field = { type?: string; format?: string; anyOf?: Field[] };

const JOINTS: readonly string[] = ["all", "any", "not"];

export function isBranch(node: Node): node is Branch {
  return "joint" in node;
}

/** The tree of what is written; a bare value is a condition's main argument. */
export function read(written: unknown, forms: readonly ConditionForm[]): Node {
  if (Array.isArray(written)) return { joint: "all", parts: written.map((part) => read(part, forms)) };
  if (typeof written === "string") return { name: written, args: {} };
  const [name = "all", given = []] = Object.entries((written ?? {}) as Record<string, unknown>)[0] ?? [];
  if (JOINTS.includes(name)) {
    const parts = Array.isArray(given) ? given : [given];
    return { joint: name as Joint, parts: parts.map((part) => read(part, forms)) };
  }
  if (typeof given === "object" && given !== null) return { name, args: given as Record<string, Json> };
  const main = forms.find((form) => form.name === name)?.main;
  return { name, args: main && given !== true && given !== null ? { [main]: given as Json } : {} };
}

/** The tree as it is sent. An empty branch asks nothing and is left out. */
export function write(node: Node): Record<string, Json> {
  if (!isBranch(node)) return { [node.name]: node.args };
  const parts = node.parts.filter((part) => !isBranch(part) || part.parts.length > 0).map(write);
  return { [node.joint]: parts };
}

/** Whether every condition has what it needs. */
export function isComplete(node: Node, forms: readonly ConditionForm[]): boolean {
  if (isBranch(node)) return (node.joint === "all" || node.parts.length > 0) && node.parts.every((part) => isComplete(part, forms));
  const form = forms.find((each) => each.name === node.name);
  return (form?.json_schema.required ?? []).every((field) => node.args[field] !== undefined && node.args[field] !== "");
}

export function widgetOf(form: ConditionForm, field: string): "choice" | "number" | "date" | "line" {
  if (form.choices[field]?.length) return "choice";
  const schema = form.json_schema.properties?.[field] ?? {};
  const kind = schema.anyOf?.find((each) => each.type !== "null") ?? schema;
  if (kind.type === "integer") return "number";
  return kind.format === "date" ? "date" : "line";
}

/** The tree in words: what each condition is called, with what it asks. */
export function tell(node: Node, forms: readonly ConditionForm[], join: (joint: Joint, parts: string[]) => string): string {
  if (isBranch(node)) return join(node.joint, node.parts.map((part) => tell(part, forms, join)));
  const form = forms.find((each) => each.name === node.name);
  const asked = Object.entries(node.args).map(([field, value]) => {
    const shown = form?.choices[field]?.find((choice) => choice.value === value)?.label ?? String(value);
    return field === form?.main ? shown : `${form?.labels[field] ?? field} ${shown}`;
  });
  return asked.length ? `${form?.label ?? node.name}: ${asked.join(", ")}` : (form?.label ?? node.name);
}
