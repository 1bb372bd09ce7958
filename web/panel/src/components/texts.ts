// A text by language, as authors write it: in the reader's, else in the one for all, else in any.
export type Texts = Record<string, string>;

export function inLanguage(texts: Texts | null, language: string): string {
  return texts?.[language] ?? texts?.["*"] ?? Object.values(texts ?? {})[0] ?? "";
}
