// What can be done with a message: react, answer, copy, change, take back.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { menu, toast } from "../base/overlays.js";
import { coloured } from "../widgets/reactions.js";

const QUICK = ["👍", "❤", "🔥", "🎉", "😁", "🤔", "👎"];

export function openMessageMenu(talk, message, anchor) {
    const items = [...general(talk, message), ...own(talk, message)];
    const row = (close) =>
        el(
            "div",
            { class: "quick", role: "group", "aria-label": t("react") },
            ...QUICK.map((emoji) =>
                el(
                    "button",
                    {
                        type: "button",
                        role: "menuitem",
                        "aria-label": t("reactWith", { emoji }),
                        onclick: () => {
                            close();
                            talk.react(message, emoji);
                        },
                    },
                    coloured(emoji),
                ),
            ),
        );
    menu(anchor, items, talk.mayWrite || talk.chat.type === "channel" ? row : null);
}

function general(talk, message) {
    const text = message.text || message.caption;
    const items = [];
    if (talk.mayWrite) items.push({ label: t("reply"), glyph: "reply", run: () => talk.composer.reply(message) });
    if (text) items.push({ label: t("copyText"), glyph: "copy", run: () => copy(text) });
    const votes = message.votes?.[talk.me];
    if (votes?.length && message.poll?.type === "regular" && !message.poll.is_closed)
        items.push({ label: t("retract"), glyph: "cross", run: () => talk.vote(message, []) });
    return items;
}

function own(talk, message) {
    if (message.from?.id !== talk.me) return [];
    const items = [];
    if (talk.mayWrite && (message.text || message.caption))
        items.push({ label: t("edit"), glyph: "file", run: () => talk.composer.edit(message) });
    items.push({
        label: t("delete"),
        glyph: "cross",
        danger: true,
        run: () => talk.act("delete", { message_id: message.message_id }),
    });
    return items;
}

async function copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    toast(t("copied"));
}
