// A text as Telegram shows it: its own few marks and no others, and its length as Telegram counts, in UTF-16 units.
import type { ReactNode } from "react";

const SHOWN: Record<string, string> = {
  b: "b", strong: "b", i: "i", em: "i", u: "u", ins: "u", s: "s", strike: "s", del: "s", code: "code", pre: "pre", blockquote: "blockquote",
};

export function showText(text: string, isMarkdown: boolean): ReactNode[] {
  const page = new DOMParser().parseFromString(isMarkdown ? markToHtml(text) : text, "text/html");
  return showNodes(page.body.childNodes);
}

/** The words of a text without its marks. */
export function plainOf(html: string): string {
  return new DOMParser().parseFromString(html, "text/html").body.textContent ?? "";
}

/** How much of Telegram's limit a text takes: without its marks; a variable counts as it is written. */
export function lengthOf(text: string, isMarkdown: boolean): number {
  const page = new DOMParser().parseFromString(isMarkdown ? markToHtml(text) : text, "text/html");
  return (page.body.textContent ?? "").trim().length;
}

function showNodes(nodes: NodeListOf<ChildNode>): ReactNode[] {
  return [...nodes].map((node, at) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const inner = showNodes(node.childNodes);
    const name = node.tagName.toLowerCase();
    const Shown = SHOWN[name] as "b" | undefined;
    if (Shown) return <Shown key={at}>{inner}</Shown>;
    if (name === "a") {
      return (
        <span key={at} className="tg-link" title={node.getAttribute("href") ?? ""}>
          {inner}
        </span>
      );
    }
    if (name === "tg-spoiler" || node.getAttribute("class") === "tg-spoiler") {
      return (
        <span key={at} className="tg-spoiler">
          {inner}
        </span>
      );
    }
    return <span key={at}>{inner}</span>;
  });
}

function markToHtml(text: string): string {
  return text
    .replace(/`([^`\n]+)`/g, "<code>$1</code>")
    .replace(/\*{1,2}([^*\n]+)\*{1,2}/g, "<b>$1</b>")
    .replace(/(^|[^\w])_([^_\n]+)_(?!\w)/g, "$1<i>$2</i>")
    .replace(/\[([^\][]+)\]\(([^()\s]+)\)/g, '<a href="$2">$1</a>');
}

export type Mark = { name: string; sign: string; html: [string, string]; markdown: [string, string] | null };

/** What an author can do with chosen words. */
export const MARKS: Mark[] = [
  { name: "bold", sign: "B", html: ["<b>", "</b>"], markdown: ["*", "*"] },
  { name: "italic", sign: "I", html: ["<i>", "</i>"], markdown: ["_", "_"] },
  { name: "underline", sign: "U", html: ["<u>", "</u>"], markdown: null },
  { name: "strike", sign: "S", html: ["<s>", "</s>"], markdown: null },
  { name: "code", sign: "</>", html: ["<code>", "</code>"], markdown: ["`", "`"] },
  { name: "spoiler", sign: "▒", html: ["<tg-spoiler>", "</tg-spoiler>"], markdown: null },
  { name: "quote", sign: "❝", html: ["<blockquote>", "</blockquote>"], markdown: null },
  { name: "link", sign: "🔗", html: ['<a href="https://">', "</a>"], markdown: ["[", "](https://)"] },
];
