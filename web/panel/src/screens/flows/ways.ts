// Where the steps of a flow lead, as the engine goes: by the ways out that are written, else on to the next in order.
import type { Fields, Json, Step } from "../../editor/model";
import { exitsOf } from "../../editor/words";

export type Way = { from: string; to: string; words: string };

/** All ways between the steps; a way to a step that is not there leads nowhere and is left out. */
export function waysOf(steps: readonly Step[], language: string): Way[] {
  const keys = new Set(steps.map((step) => step.key));
  return steps.flatMap((step, at) => {
    const written = exitsOf(step, language).map(({ words, to }) => ({ from: step.key, to, words }));
    for (const name of ["else", "unavailable"]) if (typeof step[name] === "string") written.push({ from: step.key, to: step[name], words: "" });
    const next = steps[at + 1];
    const onward = next && goesOn(step, keys) ? [{ from: step.key, to: next.key, words: "" }] : [];
    const ways = [...written.filter(({ to }) => keys.has(to)), ...onward];
    return ways.filter((way, place) => ways.findIndex((other) => other.to === way.to && other.words === way.words) === place);
  });
}

/** Whether a step may be followed by the next in order (core/flow/pacing.py says the same). */
function goesOn(step: Step, keys: ReadonlySet<string>): boolean {
  const leads = (to: Json | undefined) => typeof to === "string" && keys.has(to);
  const all = (ways: Json | undefined) => Array.isArray(ways) && ways.every((way) => leads((way as Fields | null)?.["goto"]));
  const isEmpty = (ways: Json | undefined) => !Array.isArray(ways) || ways.length === 0;
  if (step.type === "end") return false;
  if (step.type === "delay") return !leads(step["goto"]);
  if (step.type === "branch") return isEmpty(step["split"]) ? !leads(step["else"]) || !all(step["cases"]) : !all(step["split"]);
  return isEmpty(step["options"]) || !all(step["options"]);
}
