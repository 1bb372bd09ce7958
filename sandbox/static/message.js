// One message, or one album, as a bubble.

import { avatar, el, hue } from "./dom.js";
import { formatted, kindOf, media, summary } from "./format.js";
import { t, time } from "./i18n.js";

const nameOf = (user) => (user ? [user.first_name, user.last_name].filter(Boolean).join(" ") : "");

function serviceText(message) {
  const who = nameOf(message.from);
  if (message.new_chat_members) return `${message.new_chat_members.map(nameOf).join(", ")} ${t("joined")}`;
  if (message.left_chat_member) return `${nameOf(message.left_chat_member)} ${t("left")}`;
  if (message.new_chat_title) return `${who} ${t("renamed")} ${message.new_chat_title}`;
  if (message.pinned_message) return `${who} ${t("pinned")}`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t("upgraded");
  return "";
}

function extra(message, view) {
  if (message.contact) return el("div", {}, `☎ ${message.contact.first_name} ${message.contact.phone_number}`);
  if (message.location) return el("div", {}, `⌖ ${message.location.latitude}, ${message.location.longitude}`);
  if (message.dice) return el("div", {}, `${message.dice.emoji} ${message.dice.value}`);
  if (message.poll) {
    return el("div", {}, el("b", {}, message.poll.question), el("div", { class: "keys" }, ...message.poll.options.map((one, index) => el("button", {
      class: "key", type: "button", disabled: message.poll.is_closed, onclick: () => view.vote(message, index),
    }, one.text, el("span", { class: "away" }, one.voter_count ? `  ${one.voter_count}` : "")))));
  }
  return null;
}

function head(message, view) {
  const parts = [];
  if (view.group && message.from && message.from.id !== view.person) {
    parts.push(el("div", { class: "from", style: `--hue:${hue(message.from.id)}` }, nameOf(message.from)));
  }
  if (message.forward_origin) {
    const origin = message.forward_origin;
    parts.push(el("div", { class: "forwarded" }, `${t("forwarded")} ${origin.sender_user ? nameOf(origin.sender_user) : origin.chat?.title || ""}`));
  }
  if (message.reply_to_message) {
    const target = message.reply_to_message;
    parts.push(el("button", { class: "quote", type: "button", onclick: () => view.show(target.message_id) }, `${nameOf(target.from)}: ${summary(target)}`));
  }
  return parts;
}

function keyboard(message, view) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const button = (key, row, column) => el("button", {
    class: "key", type: "button", onclick: (event) => view.press(message, key, row, column, event.currentTarget),
  }, key.text, key.url || key.web_app ? el("span", { class: "away", "aria-hidden": "true" }, " ↗") : null);
  return el("div", { class: "keys" }, ...rows.map((row, r) => el("div", {}, ...row.map((key, c) => button(key, r, c)))));
}

function meta(message, view) {
  const reply = view.mayWrite
    ? el("button", { class: "answer", type: "button", onclick: () => view.reply(message) }, t("reply")) : null;
  return el("div", { class: "meta" }, reply, message.edit_date ? el("span", {}, t("edited")) : null,
    el("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)));
}

export function bubble(messages, view) {
  const [message] = messages;
  const note = serviceText(message);
  if (note) return el("div", { class: "note", "data-id": message.message_id }, note);
  const mine = message.from?.id === view.person;
  const files = messages.map(media).filter(Boolean);
  const captioned = messages.find((one) => one.caption) || message;
  const text = captioned.text || captioned.caption;
  const wide = message.reply_markup?.inline_keyboard || (kindOf(message) && !["sticker", "video_note", "document", "voice", "audio"].includes(kindOf(message)));
  return el("article", { class: `msg ${mine ? "out" : ""} ${wide ? "wide" : ""} ${view.fresh ? "fresh" : ""}`, "data-id": message.message_id, "aria-label": `${mine ? t("you") : nameOf(message.from) || message.sender_chat?.title || ""}, ${time(message.date)}` },
    el("div", { class: "bubble" }, ...head(message, view),
      files.length ? el("div", { class: `media ${files.length > 1 && kindOf(message) !== "document" ? "many" : ""}` }, ...files) : null,
      extra(message, view),
      text ? formatted(text, captioned.entities || captioned.caption_entities, view) : null,
      meta(message, view)),
    keyboard(message, view));
}

export { avatar, nameOf };
