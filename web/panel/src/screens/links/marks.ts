// The address that opens a script of the sales bot; marks say later where a buyer came from.
const MOST = 64; // letters that Telegram lets into a link
const ALLOWED = /^[A-Za-z0-9-]*$/; // an underline would end the mark

export type Marks = { source: string; campaign: string };

/** What is wrong with the marks: a sign that a link cannot hold, or too many of them; null where nothing is. */
export function findWrong(slug: string, marks: Marks): "sign" | "length" | null {
  if (!ALLOWED.test(marks.source) || !ALLOWED.test(marks.campaign)) return "sign";
  return payloadOf(slug, marks).length > MOST ? "length" : null;
}

export function linkOf(bot: string, slug: string, marks: Marks): string {
  return `${bot}?start=${payloadOf(slug, marks)}`;
}

function payloadOf(slug: string, { source, campaign }: Marks): string {
  if (!source && !campaign) return `s_${slug}`;
  return slug + (source && `__utms${source}`) + (campaign && `__utmc${campaign}`);
}
