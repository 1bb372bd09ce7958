// One message, or one album, as a bubble with its buttons.

import { avatar, el, hue, icon, iconButton } from "../base/dom.js";
import { t, time } from "../base/i18n.js";
import { nameOf } from "../page/people.js";
import { card } from "../widgets/cards.js";
import { invoice, payLabel } from "../widgets/invoice.js";
import { poll } from "../widgets/poll.js";
import { reactions } from "../widgets/reactions.js";
import { formatted } from "./format.js";
import { album, media } from "./media.js";
import { onHold } from "./hold.js";
import { serviceText } from "./service.js";
import { kindOf, summary } from "./summary.js";

const FLOATING = new Set(["sticker", "video_note"]);
const WIDE = new Set(["photo", "video", "animation"]);
const START_WITH_PAYLOAD = /^\/start [\w-]+$/;
const GLYPHS = {
    url: "away",
    web_app: "app",
    login_url: "away",
    copy_text: "copy",
    switch_inline_query: "share",
    switch_inline_query_current_chat: "share",
    pay: "card",
};

const authorName = (message) => nameOf(message.from) || message.sender_chat?.title || "";

export function bubble(group, view) {
    const [message] = group;
    const service = serviceText(message);
    if (service)
        return el(
            "div",
            { class: "note msg", tabindex: "-1", "data-id": message.message_id, "data-service": "" },
            el("span", {}, service),
        );
    const { talk } = view;
    const mine = message.from?.id === talk.me;
    const kind = kindOf(message);
    const rows = keyboard(message, talk);
    const inside = content(group, view, mine);
    const floats = FLOATING.has(kind) || (inside.querySelector(".text.emoji") && !message.reply_to_message);
    const classes = [
        "msg",
        mine && "out",
        view.first && "first",
        view.fresh && "fresh",
        (rows || WIDE.has(kind) || message.poll || message.invoice) && "wide",
        floats && "floating",
    ];
    const node = el(
        "article",
        {
            class: classes.filter(Boolean).join(" "),
            "data-id": message.message_id,
            "aria-label": `${mine ? t("you") : authorName(message)}, ${time(message.date)}`,
            tabindex: "-1",
        },
        face(message, view, mine),
        el("div", { class: "body" }, inside, rows),
        iconButton("more", t("messageMenu"), (event) => open(event.currentTarget), "dots"),
    );
    const open = (anchor) => talk.menu(message, anchor);
    node.addEventListener("wants-menu", () => open(node.querySelector(".bubble")));
    onHold(node, open);
    return node;
}

// What a link gives to a bot's Start is for the bot alone.
const withoutPayload = (text) => text?.replace(START_WITH_PAYLOAD, "/start");

function face(message, { talk, first }, mine) {
    if (!talk.chat.type.endsWith("group") || mine) return null;
    return first
        ? avatar(authorName(message), message.from?.id ?? 0, "small-face")
        : el("span", { class: "no-face" });
}

function content(group, view, mine) {
    const [message] = group;
    const captioned = group.find((one) => one.caption) || message;
    const text = withoutPayload(captioned.text) || captioned.caption;
    const words = text ? formatted(text, captioned.entities || captioned.caption_entities, view.talk) : null;
    const files = group.length > 1 ? album(group, view.talk) : media(message, view.talk);
    const above = captioned.show_caption_above_media;
    const below = [extra(message, view.talk), reactions(message, view.talk)].filter(Boolean);
    // The time stands in the last line of the text, where there is room for it.
    if (words && !above && !below.length)
        words.append(el("span", { class: `room ${message.edit_date ? "for-edited" : ""}` }));
    return el(
        "div",
        { class: `bubble ${files && !text ? "bare" : ""}` },
        ...head(message, view, mine),
        above ? [words, files] : [files, words],
        ...below,
        meta(message),
    );
}

function extra(message, talk) {
    if (message.poll) return poll(message, talk);
    if (message.invoice) return invoice(message, talk);
    return card(message);
}

function head(message, view, mine) {
    const parts = [];
    if (view.talk.chat.type.endsWith("group") && !mine && view.first) {
        parts.push(el("div", { class: "from", style: `--hue:${hue(message.from?.id ?? 0)}` }, authorName(message)));
    }
    if (view.topic) parts.push(el("div", { class: "from-topic" }, `# ${view.topic}`));
    if (message.forward_origin)
        parts.push(el("div", { class: "forwarded" }, t("forwarded", { name: originName(message.forward_origin) })));
    if (message.via_bot) parts.push(el("div", { class: "forwarded" }, t("via", { name: message.via_bot.username })));
    if (message.reply_to_message && !message.reply_to_message.forum_topic_created)
        parts.push(quote(message, view.talk));
    return parts;
}

const originName = (origin) =>
    nameOf(origin.sender_user) || origin.sender_user_name || origin.sender_chat?.title || origin.chat?.title || "";

function quote(message, talk) {
    const target = message.reply_to_message;
    const words = message.quote?.text || summary(target);
    return el(
        "button",
        {
            class: "quote",
            type: "button",
            style: `--hue:${hue(target.from?.id ?? 0)}`,
            "aria-label": t("replyTo", { name: authorName(target), text: words }),
            onclick: () => talk.log.show(target.message_id),
        },
        el("b", {}, target.from?.id === talk.me ? t("you") : authorName(target)),
        el("span", {}, words),
    );
}

function meta(message) {
    return el(
        "div",
        { class: "meta" },
        message.edit_date ? el("span", {}, t("edited")) : null,
        el("time", { datetime: new Date(message.date * 1000).toISOString() }, time(message.date)),
    );
}

function keyboard(message, talk) {
    const rows = message.reply_markup?.inline_keyboard || (message.invoice ? [[{ text: "", pay: true }]] : null);
    if (!rows) return null;
    const button = (key, row, column) => {
        const action = Object.keys(GLYPHS).find((name) => key[name] !== undefined);
        const label = key.pay ? payLabel(message, key.text, talk) : key.text;
        return el(
            "button",
            {
                class: `key ${key.style || ""}`,
                type: "button",
                onclick: (event) => talk.press(message, key, row, column, event.currentTarget),
            },
            el("span", {}, label),
            action ? icon(GLYPHS[action]) : null,
        );
    };
    return el(
        "div",
        { class: "keys" },
        ...rows.map((row, r) => el("div", {}, ...row.map((key, c) => button(key, r, c)))),
    );
}
