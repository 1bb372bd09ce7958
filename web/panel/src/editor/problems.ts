// What is wrong with a step, behind the name of the field it is about.
import type { Problem } from "./keeper";
import type { StepType } from "./stepTypes";

export function tellProblem({ path, detail }: Problem, type: StepType | undefined): string {
  const field = path.split(/[./]/).reverse().find((name) => type?.labels[name]);
  return field === undefined ? detail : `${type?.labels[field] ?? ""}: ${detail}`;
}
