// How a form begins a step that is not written yet, so that a way can lead there.
import { createContext, useContext } from "react";

export type BeginStep = (words: string) => string; // gives the key of the new step

const Creating = createContext<BeginStep | null>(null);
export const CreatingProvider = Creating.Provider;

export function useBeginStep(): BeginStep | null {
  return useContext(Creating);
}
