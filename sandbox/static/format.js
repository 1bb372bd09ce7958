// Formatted text and media as page elements.

import { el, icon } from "./dom.js";
import { t } from "./i18n.js";

const tags = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", pre: "pre", blockquote: "blockquote", expandable_blockquote: "blockquote" };
const safe = (url) => (/^(https?:|tg:|mailto:|tel:)/i.test(url) ? url : `https://${url}`);

function wrap(entity, children, text, follow) {
  if (tags[entity.type]) return el(tags[entity.type], {}, ...children);
  if (entity.type === "spoiler") {
    return el("span", { class: "spoiler", role: "button", tabindex: "0", onclick: (event) => event.currentTarget.classList.add("shown"),
      onkeydown: (event) => event.key === "Enter" && event.currentTarget.classList.add("shown") }, ...children);
  }
  const url = { text_link: entity.url, url: text, email: `mailto:${text}`, phone_number: `tel:${text}`, mention: `https://t.me/${text.slice(1)}` }[entity.type];
  if (url) {
    return el("a", { href: safe(url), target: "_blank", rel: "noopener noreferrer", onclick: (event) => follow.link(event, safe(url)) }, ...children);
  }
  if (entity.type === "bot_command") {
    return el("a", { href: "#", onclick: (event) => { event.preventDefault(); follow.command(text); } }, ...children);
  }
  return el("span", {}, ...children);
}

// Entities are properly nested and sorted; offsets count UTF-16 units, as JavaScript strings do.
function build(text, entities, from, to, follow) {
  const nodes = [];
  let at = from;
  let index = 0;
  while (index < entities.length) {
    const entity = entities[index];
    const end = Math.min(entity.offset + entity.length, to);
    if (entity.offset < at || entity.offset >= to) { index += 1; continue; }
    nodes.push(text.slice(at, entity.offset));
    let next = index + 1;
    while (next < entities.length && entities[next].offset < end) next += 1;
    const inner = build(text, entities.slice(index + 1, next), entity.offset, end, follow);
    nodes.push(wrap(entity, inner, text.slice(entity.offset, end), follow));
    // A block ends its line by itself; the line break after it would show as an empty line.
    at = /quote|pre/.test(entity.type) && text[end] === "\n" ? Math.min(end + 1, to) : end;
    index = next;
  }
  nodes.push(text.slice(at, to));
  return nodes;
}

export function formatted(text, entities, follow) {
  return el("div", { class: "text", dir: "auto" }, ...build(text, entities || [], 0, text.length, follow));
}

const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1048576 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`);

const makers = {
  photo: (file) => el("img", { src: file.at(-1).url, width: file.at(-1).width, height: file.at(-1).height, alt: t("photo"), loading: "lazy" }),
  sticker: (file) => el("img", { class: "sticker", src: file.url, alt: t("sticker"), loading: "lazy" }),
  voice: (file) => el("audio", { controls: true, preload: "none", src: file.url, "aria-label": t("voice") }),
  audio: (file) => el("div", {}, el("div", {}, file.title || file.file_name || t("audio")), el("audio", { controls: true, preload: "none", src: file.url, "aria-label": t("audio") })),
  video: (file) => el("video", { controls: true, preload: "metadata", src: file.url, "aria-label": t("video") }),
  animation: (file) => el("video", { controls: true, muted: true, loop: true, src: file.url, "aria-label": t("animation") }),
  video_note: (file) => el("video", { class: "round", controls: true, src: file.url, "aria-label": t("video_note") }),
  document: (file) => el("a", { class: "doc", href: file.url, download: file.file_name || "file" },
    el("span", { class: "tile" }, icon("file")), el("span", {}, el("b", {}, file.file_name || t("document")), el("small", {}, size(file.file_size)))),
};
export const kinds = ["sticker", "video_note", "animation", "voice", "audio", "video", "document", "photo"];
export const kindOf = (message) => kinds.find((kind) => message[kind]);
export const media = (message) => { const kind = kindOf(message); return kind ? makers[kind](message[kind]) : null; };

export function summary(message) {
  if (!message) return "";
  const text = (message.text || message.caption || "").replace(/\s+/g, " ").slice(0, 120);
  const kind = kindOf(message) || ["contact", "location", "poll", "dice"].find((name) => message[name]);
  const label = kind ? t(kind) : "";
  return text && label ? `${label}: ${text}` : text || label || t("service");
}
