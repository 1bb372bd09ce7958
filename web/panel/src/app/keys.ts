// The keys of the panel: what is pressed outside of a text moves through lists, opens the palette, tells the keys.
import { useEffect } from "react";

/** Rows of lists lead somewhere by their first link; `j` and `k` go from one to the next. */
const ROWS = "main li a[href], main tbody tr a[href]";

export const KEYS = [
  { keys: "Ctrl+K", does: "palette" },
  { keys: "j", does: "next" },
  { keys: "k", does: "previous" },
  { keys: "Enter", does: "open" },
  { keys: "?", does: "keys" },
] as const;

function isWriting(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

function isBusy(): boolean {
  return document.querySelector("[role=dialog], [role=menu], [role=listbox]") !== null;
}

function goOn(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>(ROWS)].filter((row, at, all) => {
    const line = row.closest("li, tr");
    return all.findIndex((other) => other.closest("li, tr") === line) === at; // a line's first link stands for it
  });
  const at = rows.findIndex((row) => row.closest("li, tr")?.contains(document.activeElement));
  rows[at === -1 ? (by === 1 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]?.focus();
}

export function useKeys(openPalette: () => void, tellKeys: () => void): void {
  useEffect(() => {
    function take(event: KeyboardEvent): void {
      if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
        event.preventDefault();
        openPalette();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isWriting(event.target) || isBusy()) return;
      if (event.code === "KeyJ") goOn(1); // by its place: a Russian keyboard has the key, too
      else if (event.code === "KeyK") goOn(-1);
      else if (event.key === "?" || (event.shiftKey && event.code === "Slash")) tellKeys();
    }
    document.addEventListener("keydown", take);
    return () => document.removeEventListener("keydown", take);
  }, [openPalette, tellKeys]);
}
