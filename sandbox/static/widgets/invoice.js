// An invoice in a chat: what it is for and what it costs; its first button pays.

import { el, icon } from "../base/dom.js";
import { money, t } from "../base/i18n.js";

export const isPaid = (message, me) => Boolean(message.checkout?.paid_by?.includes(me));
const sumOf = (message) => money(message.invoice.total_amount, message.invoice.currency);

export function payLabel(message, text, talk) {
    if (isPaid(message, talk.me)) return t("receipt");
    const words = text.replace(/⭐️?|XTR/g, "⭐");
    return words || t("paySum", { sum: sumOf(message) });
}

export function invoice(message, talk) {
    const { invoice: it } = message;
    return el(
        "div",
        { class: "invoice" },
        el("span", { class: "tile" }, icon("card")),
        el(
            "span",
            {},
            el("b", {}, it.title),
            el("span", { class: "about" }, it.description),
            el("span", { class: "sum" }, sumOf(message)),
            isPaid(message, talk.me) ? el("span", { class: "paid" }, icon("check"), t("paid")) : null,
        ),
    );
}
