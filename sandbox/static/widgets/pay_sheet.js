// The sheet that pays an invoice: lines, total, one button; what the bot refuses is said there.

import { get, post } from "../base/api.js";
import { el, textButton } from "../base/dom.js";
import { money, t } from "../base/i18n.js";
import { overlay, toast } from "../base/overlays.js";
import { isPaid } from "./invoice.js";

const WAIT_SECONDS = 20;

export function pay(talk, message) {
    const { invoice: it, checkout } = message;
    const offer = { ...it, prices: checkout?.prices || [], bot: talk.chat.title };
    if (isPaid(message, talk.me)) {
        open(talk.pane, offer, null);
        return;
    }
    open(talk.pane, offer, () => post(`${talk.here}/pay`, { message_id: message.message_id, timeout: WAIT_SECONDS }));
}

export async function payByLink(pane, url) {
    const offer = await get(`${pane.base}/pay?url=${encodeURIComponent(url)}`);
    return new Promise((resolve) => {
        open(
            pane,
            { ...offer, ...offer.invoice },
            () => post(`${pane.base}/pay`, { url, timeout: WAIT_SECONDS }),
            resolve,
        );
    });
}

function open(pane, offer, charge, ended = () => undefined) {
    const total = money(offer.total_amount, offer.currency);
    const line = (label, amount) =>
        el("div", { class: "price" }, el("span", {}, label), el("span", {}, money(amount, offer.currency)));
    const error = el("p", { class: "refusal", role: "alert" });
    const button = textButton(charge ? t("paySum", { sum: total }) : t("paid"), settle, "primary wide");
    let outcome = "cancelled";
    button.disabled = !charge;
    const sheet = overlay(pane.node, {
        title: t(charge ? "checkout" : "receipt"),
        kind: "sheet",
        asks: () => {
            ended(outcome);
            return true;
        },
        content: [
            el(
                "div",
                { class: "checkout" },
                el("h3", {}, offer.title),
                el("p", { class: "hint" }, offer.description),
                ...(offer.prices || []).map((one) => line(one.label, one.amount)),
                el("div", { class: "price total" }, el("span", {}, t("total")), el("span", {}, total)),
                el("p", { class: "hint" }, charge ? t("payHint") : ""),
                error,
                button,
            ),
        ],
    });

    async function settle() {
        button.disabled = true;
        button.textContent = t("paying");
        error.textContent = "";
        try {
            const found = await charge();
            if (!found.paid) throw new Error(found.error || t("notPaid"));
            outcome = "paid";
            sheet.close();
            ended(outcome);
            toast(t("paidToast", { sum: total, what: offer.title }));
            return;
        } catch (problem) {
            outcome = "failed";
            error.textContent = problem.message;
        }
        button.disabled = false;
        button.textContent = t("paySum", { sum: total });
    }
}
