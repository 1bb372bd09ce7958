// Sums as people type them: with spaces between thousands, and a point or a comma before the last digits.

/** The number that is meant; NaN where the words are no sum of a currency with so many digits. */
export function readSum(typed: string, digits: number): number {
  const bare = typed.replace(/[\s'’]/g, "");
  const [, whole = "", part = ""] = new RegExp(`^(.*?)(?:[.,](\\d{1,2}))?$`).exec(bare) ?? [];
  if (part.length > digits) return Number.NaN;
  if (!/^\d+$|^\d{1,3}([.,]\d{3})+$/.test(whole)) return Number.NaN;
  return Number(`${whole.replace(/[.,]/g, "")}.${part || "0"}`);
}
