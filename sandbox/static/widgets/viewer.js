// Pictures seen large; arrows lead through an album.

import { el, iconButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { overlay } from "../base/overlays.js";

export function openViewer(host, pictures, at) {
    let place = Math.max(0, at);
    const image = el("img", { alt: t("photo") });
    const count = el("span", { class: "count" });
    const back = iconButton("back", t("previous"), () => turn(-1));
    const next = iconButton("back", t("next"), () => turn(1), "flipped");
    const many = pictures.length > 1;
    const { box } = overlay(host, {
        title: t("photo"),
        kind: "viewer",
        content: [image, many ? el("div", { class: "turn" }, back, count, next) : ""],
    });
    box.addEventListener("keydown", (event) => {
        const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (step && many) turn(step);
    });

    function turn(step) {
        place = (place + step + pictures.length) % pictures.length;
        image.src = pictures[place].url;
        count.textContent = `${place + 1} / ${pictures.length}`;
    }
    turn(0);
}
