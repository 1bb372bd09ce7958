// A popup a Mini App asks for: a text and up to three buttons; gives the id of the pressed one.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { overlay } from "../base/overlays.js";

const LABELS = { ok: "ok", close: "close", cancel: "cancel" };

export const showPopup = (host, { title = "", message = "", buttons = [] }) =>
    new Promise((resolve) => {
        overlay(host, {
            title: title || t("miniApp"),
            content: [el("p", {}, message)],
            asks: () => {
                resolve("");
                return true;
            },
            buttons: buttons.map(({ id = "", type = "default", text }) => ({
                label: text || t(LABELS[type] || "ok"),
                primary: type === "default" || type === "ok",
                run: () => resolve(id),
            })),
        });
    });
