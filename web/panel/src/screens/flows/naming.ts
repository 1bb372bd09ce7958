// Members named in a text by @ and their name, spaces and all.
type Named = { id: string; name: string };

/** Who is named; of two names of which one begins with the other, the longer one is meant. */
export function findNamed<T extends Named>(text: string, members: readonly T[]): T[] {
  const longest = [...members].sort((one, other) => other.name.length - one.name.length);
  const found = new Set<string>();
  let rest = text;
  for (const member of longest) {
    const mark = `@${member.name}`;
    if (!rest.includes(mark)) continue;
    found.add(member.id);
    rest = rest.replaceAll(mark, "\u0000");
  }
  return members.filter(({ id }) => found.has(id));
}

/** What is typed of a name before the cursor, after its @; null where none is begun. */
export function startOfName(before: string): string | null {
  return /(?:^|\s)@([^\s@]*(?: [^\s@]*)?)$/.exec(before)?.[1] ?? null;
}

/** The text with the name in place of what was typed of it, and where the cursor stands then. */
export function nameAt(text: string, at: number, name: string): { text: string; at: number } {
  const before = text.slice(0, at);
  const begun = startOfName(before) ?? "";
  const head = `${before.slice(0, before.length - begun.length)}${name} `;
  return { text: head + text.slice(at).replace(/^ /, ""), at: head.length };
}
