// The keeper of one flow's draft for a screen: opened once, closed with it; each tab keeps a copy of its own.
import { useEffect, useState, useSyncExternalStore } from "react";

import { call } from "../api/client";
import { Keeper, type Loaded, type Problem, type Server, type Shelf, type Shown } from "./keeper";
import type { Fields, Operation, Step } from "./model";

type Answer = { etag: string; head: Fields; steps: Step[] };

export function serverOf(account: string, flow: string): Server {
  const path = `/accounts/${account}/flows/${flow}/draft`;
  return {
    load: async (): Promise<Loaded> => {
      const { etag, head, steps } = (await call<Answer>(path)).data;
      return { etag, document: { head, steps } };
    },
    save: async (etag: string, ops: Operation[]) =>
      (await call<{ etag: string; problems: Problem[] }>(path, { method: "PATCH", etag: `"${etag}"`, body: { ops } })).data,
  };
}

/** Where this tab keeps a draft. What a tab that is gone has left behind is taken over by the next that opens the flow. */
async function openShelf(name: string, alive: AbortSignal): Promise<Shelf> {
  const own = `tandem.draft.${name}.${tabName()}`;
  const locks = await navigator.locks.query();
  const held = new Set(locks.held?.map((lock) => lock.name));
  const orphans = Object.keys(localStorage).filter(
    (key) => key.startsWith(`tandem.draft.${name}.`) && key !== own && !held.has(key),
  );
  if (localStorage.getItem(own) === null && orphans[0] !== undefined) {
    localStorage.setItem(own, localStorage.getItem(orphans[0]) ?? "");
    localStorage.removeItem(orphans[0]);
  }
  void navigator.locks
    .request(own, { signal: alive }, () => new Promise<void>((done) => alive.addEventListener("abort", () => done())))
    .catch(() => undefined);
  return {
    read: () => localStorage.getItem(own),
    write: (text) => (text === null ? localStorage.removeItem(own) : localStorage.setItem(own, text)),
  };
}

function tabName(): string {
  const kept = sessionStorage.getItem("tandem.tab") ?? crypto.randomUUID();
  sessionStorage.setItem("tandem.tab", kept);
  return kept;
}

export function useKeeper(account: string, flow: string): { keeper: Keeper | null; error: Error | null; again: () => void } {
  const [opened, setOpened] = useState<{ keeper: Keeper | null; error: Error | null }>({ keeper: null, error: null });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const end = new AbortController();
    let open: Keeper | null = null;
    setOpened({ keeper: null, error: null });
    openShelf(`${account}.${flow}`, end.signal)
      .then((shelf) => Keeper.open(serverOf(account, flow), shelf))
      .then(
        (keeper) => {
          open = keeper;
          if (end.signal.aborted) keeper.close();
          else setOpened({ keeper, error: null });
        },
        (error: unknown) => !end.signal.aborted && setOpened({ keeper: null, error: error as Error }),
      );
    return () => {
      end.abort();
      void open?.flush();
      open?.close();
    };
  }, [account, flow, round]);
  return { ...opened, again: () => setRound((number) => number + 1) };
}

export function useShown(keeper: Keeper): Shown {
  return useSyncExternalStore(keeper.subscribe, keeper.look);
}
