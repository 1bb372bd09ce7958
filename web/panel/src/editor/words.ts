// How a step is told in one line: its first words as its readers see them, when it comes, where its ways lead.
import type { Fields, Json, Step } from "./model";

const MOST = 80;

export function firstWords(step: Step, language: string): string {
  const texts = [step["title"], step["text"], step["question"], step["prompt"], within(step["messages"])];
  for (const text of texts) {
    const shown = localize(text ?? null, language).replace(/<[^>]+>/g, "").replace(/\s+/g, " ").trim();
    if (shown) return shown.length > MOST ? `${shown.slice(0, MOST)}…` : shown;
  }
  return step.key;
}

function within(messages: Json | undefined): Json {
  const first = Array.isArray(messages) ? messages[0] : null;
  return first && typeof first === "object" && !Array.isArray(first) ? ((first as Fields)["text"] ?? null) : null;
}

export function localize(text: Json, language: string): string {
  if (typeof text === "string") return text;
  if (text === null || typeof text !== "object" || Array.isArray(text)) return "";
  const texts = text as Record<string, Json>;
  const chosen = texts[language] ?? Object.values(texts)[0];
  return typeof chosen === "string" ? chosen : "";
}

export type Band = { kind: "day"; day: number; at: string } | { kind: "section" | "module"; name: string };

/** What begins with a step: a day of a course, at its hour; a section; a module, which steps are in by their keys. */
export function bandOf(step: Step, before: Step | undefined, language: string): Band | null {
  const drip = dripOf(step);
  const day = drip?.["day"];
  if (typeof day === "number" && (!before || dripOf(before)?.["day"] !== day)) {
    return { kind: "day", day, at: typeof drip?.["at"] === "string" ? drip["at"] : "" };
  }
  if (step.type === "section") return { kind: "section", name: localize(step["title"] ?? null, language) };
  const module = moduleOf(step);
  return module && module !== (before && moduleOf(before)) ? { kind: "module", name: module } : null;
}

/** The day after the last one that a lesson names; a lesson without one comes on the first. Undefined where there is no lesson yet. */
export function nextDay(steps: readonly Step[]): number | undefined {
  const days = steps.filter((step) => step.type === "lesson").map((step) => dripOf(step)?.["day"]).map((day) => (typeof day === "number" ? day : 1));
  return days.length > 0 ? Math.max(...days) + 1 : undefined;
}

function dripOf(step: Step): Fields | null {
  const drip = step["drip"] ?? null;
  return drip !== null && typeof drip === "object" && !Array.isArray(drip) ? drip : null;
}

/** The beginning of a key that says the module; the keys we make ourselves, `message_3`, say none. */
function moduleOf(step: Step): string {
  const [module = "", ...rest] = step.key.split("_");
  return rest.length > 0 && module !== step.type && !step.type.startsWith(`${module}_`) ? module : "";
}

/** How long a step waits before what comes next, or before it comes itself. */
export function waitOf(step: Step): string {
  const after = dripOf(step)?.["after"];
  const wait = [after, step["wait"]].find((each) => typeof each === "string" && each !== "");
  return typeof wait === "string" ? wait : "";
}

/** Where the ways out of a step lead: the words of a button and the key of the step behind it. */
export function exitsOf(step: Step, language: string): { words: string; to: string }[] {
  const exits: { words: string; to: string }[] = [];
  const look = (value: Json, words: string): void => {
    if (Array.isArray(value)) {
      for (const item of value) look(item, words);
    } else if (value !== null && typeof value === "object") {
      const fields = value as Fields;
      const named = localize(fields["text"] ?? null, language) || words;
      for (const [name, inner] of Object.entries(fields)) {
        if (name.endsWith("goto") && typeof inner === "string") exits.push({ words: named, to: inner });
        else if (typeof inner === "object") look(inner, named);
      }
    }
  };
  const { text: _, ...others } = step;
  look(others as Fields, "");
  return exits;
}
