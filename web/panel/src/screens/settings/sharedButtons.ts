// Buttons of a shared set while they are written: words by language, one address each.
export type SharedButton = { text: Record<string, string>; url: string };

export const EVERY = "*"; // one text for all languages

export function beginButton(): SharedButton {
  return { text: {}, url: "" };
}

export function isWhole({ text, url }: SharedButton): boolean {
  return url.trim() !== "" && Object.values(text).some((words) => words.trim() !== "");
}

export function wordsOf({ text }: SharedButton, language: string): string {
  return text[language] ?? text[EVERY] ?? Object.values(text)[0] ?? "";
}

/** As they are sent: a language without words is left out, and words in one language are said to everybody. */
export function tellRows(rows: readonly SharedButton[][]): { text: string | Record<string, string>; url: string }[][] {
  return rows.map((row) => row.map(({ text, url }) => ({ text: tellText(text), url: url.trim() })));
}

function tellText(text: Record<string, string>): string | Record<string, string> {
  const said = Object.entries(text).flatMap(([language, words]) => (words.trim() ? [[language, words.trim()] as const] : []));
  const [only] = said;
  return said.length === 1 && only ? only[1] : Object.fromEntries(said);
}
