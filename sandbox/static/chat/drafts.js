// Answers a bot is still writing: they grow word by word below the messages until the message itself comes.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { formatted } from "./format.js";

const LIVES_MS = 30_000;
const DEAD = { link: (event) => event.preventDefault(), command: () => undefined };

export class Drafts {
    constructor(changed) {
        this.changed = changed;
        this.open = new Map();
        // Not in the live region: nobody wants every syllable read aloud.
        this.node = el("div", { class: "drafts", "aria-live": "off" });
    }

    show(draft) {
        const id = draft.draft_id;
        const known = this.open.get(id);
        clearTimeout(known?.timer);
        if (draft.text) {
            const node =
                known?.node ||
                this.node.appendChild(
                    el("div", { class: "msg draft", role: "group", "aria-label": t("typing"), "aria-busy": "true" }),
                );
            const words = formatted(draft.text, draft.entities, DEAD);
            words.append(el("span", { class: "caret" }));
            node.replaceChildren(el("div", { class: "bubble" }, words));
            this.open.set(id, {
                node,
                timer: setTimeout(() => {
                    this.drop(id);
                    this.changed();
                }, LIVES_MS),
            });
        } else this.drop(id);
        this.changed();
    }

    drop(id) {
        const found = this.open.get(id);
        if (!found) return;
        clearTimeout(found.timer);
        found.node.remove();
        this.open.delete(id);
    }

    // The bot's next message takes the place of what it was writing.
    end(message) {
        if (message.from?.is_bot) this.clear();
    }
    clear() {
        for (const id of [...this.open.keys()]) this.drop(id);
    }
}
