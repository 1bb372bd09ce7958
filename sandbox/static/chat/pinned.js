// The newest pinned message, in a line below the head; pressing it leads there.

import { el, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { summary } from "./summary.js";

export class Pinned {
    constructor(talk) {
        this.words = el("span");
        this.node = el(
            "button",
            { class: "pinned", type: "button", hidden: true, onclick: () => talk.log.show(this.id) },
            icon("tack"),
            el("span", { class: "pinned-text" }, el("b", {}, t("pinnedMessage")), this.words),
        );
    }

    draw({ pinned }) {
        this.node.hidden = !pinned;
        this.id = pinned?.message_id;
        this.words.textContent = summary(pinned);
    }
}
