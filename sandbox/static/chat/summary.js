// A message in one line: for the chat list, quotes and notes.

import { t } from "../base/i18n.js";
import { serviceText } from "./service.js";

const KINDS = ["sticker", "video_note", "animation", "voice", "audio", "video", "document", "photo"];
const CARDS = ["contact", "venue", "location", "poll", "dice", "invoice", "game", "story", "checklist", "paid_media"];

export const kindOf = (message) => KINDS.find((kind) => message[kind]);
const fileName = (message) => (message.document && !message.animation ? message.document.file_name : "");

export function summary(message) {
    if (!message) return "";
    const text = (message.text || message.caption || "").replace(/\s+/g, " ").trim().slice(0, 120);
    const kind = kindOf(message) || CARDS.find((name) => message[name]);
    const more = fileName(message) || message.poll?.question || message.invoice?.title || message.dice?.emoji || "";
    const label = kind ? [t(kind), more].filter(Boolean).join(": ") : "";
    if (text && kind === "document") return text;
    return (text && label ? `${t(kind)}: ${text}` : text || label) || serviceText(message) || t("service");
}
