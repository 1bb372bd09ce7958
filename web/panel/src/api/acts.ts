// What a press does at the server, once: neither the second click of a double click nor a press while the first is
// underway does anything, however quick it is. Every button that acts goes through here.
import { type DefaultError, useMutation, type UseMutationOptions, type UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";

const SAME_PRESS_MS = 50; // from a click to what its handlers do

/** The last click: `times` is 2 for the second one of a double click, 0 for a key. */
const click = { times: 0, at: -SAME_PRESS_MS };

export function noteClick({ detail, timeStamp }: Pick<MouseEvent, "detail" | "timeStamp">): void {
  click.times = detail;
  click.at = timeStamp;
}

if (typeof document !== "undefined") document.addEventListener("click", noteClick, true);

/** Whether a press counts; one that wishes something else than what is underway does. */
export class Presses {
  private readonly underway = new Set<string>();

  begin(wish?: unknown, now = performance.now()): boolean {
    const isAgain = click.times > 1 && now - click.at < SAME_PRESS_MS;
    if (this.underway.has(nameOf(wish)) || isAgain) return false;
    this.underway.add(nameOf(wish)); // the button learns only with the next drawing that it is pressed
    return true;
  }

  end(wish?: unknown): void {
    this.underway.delete(nameOf(wish));
  }
}

function nameOf(wish: unknown): string {
  return JSON.stringify(wish) ?? "";
}

type Options<Data, Wish> = Omit<UseMutationOptions<Data, DefaultError, Wish>, "mutationFn"> & { mutationFn: (wish: Wish) => Promise<Data> };

export function useAct<Data = unknown, Wish = void>({ mutationFn, ...options }: Options<Data, Wish>): UseMutationResult<Data, DefaultError, Wish> {
  const [presses] = useState(() => new Presses());
  const doing = useMutation<Data, DefaultError, Wish>({
    ...options,
    mutationFn: async (wish) => {
      try {
        return await mutationFn(wish);
      } finally {
        presses.end(wish);
      }
    },
  });
  const mutate: typeof doing.mutate = (...asked) => {
    if (presses.begin(asked[0])) doing.mutate(...asked);
  };
  return { ...doing, mutate };
}
