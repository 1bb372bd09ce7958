// Words somebody is writing, kept on this device until they are sent: a reload or a slip of the finger loses none.
import { useState } from "react";

export function useKept(name: string): [string, (text: string) => void] {
  const key = `tandem.words.${name}`;
  const [text, setText] = useState(() => localStorage.getItem(key) ?? "");
  return [
    text,
    (next) => {
      setText(next);
      if (next) localStorage.setItem(key, next);
      else localStorage.removeItem(key);
    },
  ];
}
