// The keyboard a bot puts in place of the letters: texts, the own number or place, a Mini App.

import { post } from "../base/api.js";
import { el, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { confirm, toast } from "../base/overlays.js";

const SPOT = { latitude: 55.75222, longitude: 37.61556 };
const GLYPHS = {
    request_contact: "phone",
    request_location: "pin",
    web_app: "app",
    request_users: "people",
    request_chat: "people",
    request_poll: "check",
};

export class ReplyKeyboard {
    constructor(talk, changed) {
        this.talk = talk;
        this.changed = changed;
        this.node = el("div", { class: "board", role: "group", "aria-label": t("keyboard"), hidden: true });
        this.begin();
    }

    begin() {
        this.drawn = undefined;
        this.open = true;
    }

    toggle() {
        this.open = !this.open;
        this.changed();
    }

    draw(keyboard) {
        const shape = JSON.stringify(keyboard ?? null);
        if (shape !== this.drawn) {
            this.drawn = shape;
            this.open = true;
            this.oneTime = Boolean(keyboard?.one_time_keyboard);
            this.node.replaceChildren(
                ...(keyboard?.keyboard || []).map((row) => el("div", {}, ...row.map((key) => this.key(key)))),
            );
        }
        this.node.hidden = !keyboard || !this.open;
    }

    key(raw) {
        const key = typeof raw === "string" ? { text: raw } : raw;
        const action = Object.keys(GLYPHS).find((name) => key[name]);
        return el(
            "button",
            { class: `key ${key.style || ""}`, type: "button", onclick: () => this.press(key, action) },
            action ? icon(GLYPHS[action]) : null,
            el("span", {}, key.text),
        );
    }

    async press(key, action) {
        const acts = {
            request_contact: () => this.share("sharePhone", { contact: true }),
            request_location: () => this.share("shareLocation", { body: { location: SPOT } }),
            web_app: () => this.talk.launch({ button: key.text }),
        };
        if (!action) await this.talk.send(key.text);
        else if (acts[action]) await acts[action]();
        else toast(t("notHere"), true);
        if (this.oneTime) {
            this.open = false;
            this.changed();
        }
    }

    async share(what, body) {
        const { talk } = this;
        if (await confirm(talk.pane.node, t(what), t(`${what}Ask`, { name: talk.chat.title }), t("share")))
            await talk.pane.try(() => post(`${talk.here}/send`, body));
    }
}
