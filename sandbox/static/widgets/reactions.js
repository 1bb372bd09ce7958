// The reactions under a message; pressing one joins it or takes one's own back.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";

// The sign after the letter asks for its coloured picture.
export const coloured = (emoji) => `${emoji}\uFE0F`;
const face = (type) => (type.emoji && coloured(type.emoji)) || (type.type === "paid" ? "⭐" : "✨");

export function reactions(message, talk) {
    const given = (message.reactions || []).filter((one) => one.people.length);
    if (!given.length) return null;
    return el(
        "div",
        { class: "reactions", role: "group", "aria-label": t("reactions") },
        ...given.map((one) => {
            const mine = one.people.includes(talk.me);
            const label = t("reactionOf", { emoji: face(one.type), count: one.people.length });
            return el(
                "button",
                {
                    type: "button",
                    "aria-pressed": String(mine),
                    "aria-label": label,
                    onclick: () => talk.react(message, one.type.emoji),
                },
                face(one.type),
                el("span", {}, String(one.people.length)),
            );
        }),
    );
}
