// Two states of a flow beside each other, in words: which steps, and which of their fields.
import type { Fields, Json, Step } from "../../editor/model";
import { same } from "../../editor/model";
import { localize } from "../../editor/words";

export type Author = { id: string; name: string };
export type Version = { id: string; number: number; published_at: string; authors: Author[] };
export type StepChange = { key: string; old: Step; new: Step };
export type Standing = { step: string; people: number; fate: "" | "changed" | "removed" };
export type Difference = { added: string[]; removed: string[]; moved: string[]; changed: StepChange[]; standing: Standing[] };
export type FieldChange = { field: string; old: string; new: string };

export function isEmpty({ added, removed, moved, changed }: Difference): boolean {
  return added.length + removed.length + moved.length + changed.length === 0;
}

/** What of a step is other words now; a text by its language, anything else as it stands in the document. */
export function listFieldChanges(change: StepChange, language: string): FieldChange[] {
  const names = [...new Set([...Object.keys(change.old), ...Object.keys(change.new)])];
  return names
    .filter((field) => !same(change.old[field] ?? null, change.new[field] ?? null))
    .map((field) => ({ field, old: tell(change.old[field] ?? null, language), new: tell(change.new[field] ?? null, language) }));
}

function tell(value: Json, language: string): string {
  if (value === null) return "";
  const isText = typeof value === "string" || (typeof value === "object" && !Array.isArray(value) && isTexts(value));
  return isText ? localize(value, language) : JSON.stringify(value);
}

function isTexts(value: Fields): boolean {
  return Object.entries(value).every(([name, text]) => /^(\*|[a-z]{2,3})$/.test(name) && typeof text === "string");
}
