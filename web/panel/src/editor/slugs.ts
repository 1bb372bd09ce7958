// What links call something: small letters, digits and hyphens, made of its name and of chance, so that it is free.
const LATIN: Record<string, string> = {
  а: "a", б: "b", в: "v", г: "g", д: "d", е: "e", ё: "e", ж: "zh", з: "z", и: "i", й: "i", к: "k", л: "l", м: "m",
  н: "n", о: "o", п: "p", р: "r", с: "s", т: "t", у: "u", ф: "f", х: "h", ц: "ts", ч: "ch", ш: "sh", щ: "sch",
  ъ: "", ы: "y", ь: "", э: "e", ю: "yu", я: "ya",
};

/** What a form takes once, so that a second press of its button asks for the same slug. */
export function takeChance(): string {
  return Math.random().toString(36).slice(2, 6);
}

export function makeSlug(name: string, otherwise: string, chance: string): string {
  const letters = [...name.toLowerCase()].map((letter) => LATIN[letter] ?? letter).join("");
  const bare = letters.replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 24);
  return `${bare || otherwise}-${chance}`;
}

/** A key of a new step that no other has: its type and a number. */
export function makeKey(type: string, taken: readonly string[]): string {
  for (let number = 1; ; number++) {
    const key = `${type}${number}`;
    if (!taken.includes(key)) return key;
  }
}
