// The foot of a chat: writing, answering, changing, attaching, the bot's keyboard and commands.

import { post } from "../base/api.js";
import { el, icon, iconButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { menu } from "../base/overlays.js";
import { showAttach } from "./attach.js";
import { ReplyKeyboard } from "./reply_keyboard.js";
import { summary } from "./summary.js";

const MAX_HEIGHT = 160;
const MAX_TEXT = 4096;

export class Composer {
    constructor(talk) {
        this.talk = talk;
        this.text = el("textarea", {
            rows: "1",
            "aria-label": t("write"),
            placeholder: t("write"),
            maxlength: String(MAX_TEXT),
            oninput: () => this.fit(),
            onkeydown: (event) => this.onKey(event),
        });
        this.menuButton = el("button", { class: "menu-pill", type: "button", onclick: () => this.openMenu() });
        this.board = new ReplyKeyboard(talk, () => this.draw());
        this.boardButton = iconButton("keys", t("keyboard"), () => this.board.toggle());
        this.attachButton = iconButton("clip", t("attach"), () =>
            showAttach(talk, this.attachButton, this.about?.message_id),
        );
        this.attachButton.setAttribute("aria-haspopup", "menu");
        this.aboutNode = el("div", { class: "about-message", hidden: true });
        this.form = el(
            "form",
            {
                class: "compose",
                onsubmit: (event) => {
                    event.preventDefault();
                    this.send();
                },
            },
            this.menuButton,
            this.attachButton,
            this.text,
            this.boardButton,
            el("button", { class: "icon go", "aria-label": t("send"), title: t("send") }, icon("send")),
        );
        this.node = el("div", { class: "foot" });
        this.begin();
    }

    begin() {
        this.wallDrawn = undefined;
        this.text.value = "";
        this.text.style.height = "";
        this.setAbout(null);
        this.board.begin();
    }

    focus() {
        (this.wallDrawn ? this.node.querySelector("button") : this.text)?.focus({ preventScroll: true });
    }
    put(text) {
        this.text.value = text;
        this.fit();
        this.text.focus();
    }

    draw() {
        const { chat } = this.talk;
        const wall = this.wall(chat);
        const shape = wall && JSON.stringify([wall.text, wall.run?.name, chat.key]);
        if (this.wallDrawn !== shape) {
            this.wallDrawn = shape;
            const held = this.node.contains(document.activeElement);
            this.node.replaceChildren(...(wall ? [wall.node()] : [this.aboutNode, this.form, this.board.node]));
            if (held) this.focus();
        }
        this.drawMenu(chat);
        this.board.draw(chat.keyboard);
        this.boardButton.hidden = !chat.keyboard;
        this.boardButton.setAttribute("aria-expanded", String(this.board.open));
        this.text.placeholder = chat.keyboard?.input_field_placeholder || t("write");
    }

    // What stands in place of the field when nothing can be written.
    wall(chat) {
        const button = (text, run) => ({
            text,
            run,
            node: () => el("button", { class: "primary wide", type: "button", onclick: run }, text),
        });
        const words = (text) => ({ text, node: () => el("div", { class: "wall" }, text) });
        if (chat.blocked) return button(t("unblock"), () => this.unblock());
        if (chat.type === "private" && (!chat.started || this.talk.payload))
            return button(t("start"), () => this.talk.start());
        if (!chat.member) return words(t("notMember"));
        if (!this.talk.mayWrite) return words(t("readOnly"));
        return this.talk.topics.isClosed() ? words(t("topicClosed")) : null;
    }

    unblock() {
        const { pane, chat } = this.talk;
        return pane.try(async () => {
            await post(`${pane.base}/unblock`, { bot: chat.username });
            await pane.refresh();
        });
    }

    drawMenu(chat) {
        const app = chat.menu_button?.type === "web_app" ? chat.menu_button : null;
        const shown = app ? app.text : t("menu");
        this.menuButton.hidden = !app && !chat.commands?.length;
        if (this.menuDrawn === shown) return;
        this.menuDrawn = shown;
        this.menuButton.title = app ? shown : t("commands");
        if (!app) this.menuButton.setAttribute("aria-haspopup", "menu");
        this.menuButton.replaceChildren(icon(app ? "app" : "menu"), el("span", {}, shown));
    }

    openMenu() {
        const { chat } = this.talk;
        if (chat.menu_button?.type === "web_app") {
            this.talk.launch({ menu: true });
            return;
        }
        menu(
            this.menuButton,
            chat.commands.map((one) => ({
                label: `/${one.command}`,
                hint: one.description,
                run: () => this.talk.send(`/${one.command}`),
            })),
        );
    }

    onKey(event) {
        if (event.isComposing) return;
        if (event.key === "Enter" && !event.shiftKey) {
            event.preventDefault();
            this.send();
        }
        if (event.key === "Escape") this.onEscape();
        if (event.key === "ArrowUp" && !this.text.value) this.editLast(event);
        if (event.key === "/" && !this.text.value && this.talk.chat.commands?.length) {
            event.preventDefault();
            this.openMenu();
        }
    }

    onEscape() {
        if (this.about) this.setAbout(null);
        else this.talk.pane.leave();
    }

    editLast(event) {
        const mine = [...this.talk.messages.values()]
            .filter((one) => one.from?.id === this.talk.me && one.text)
            .sort((a, b) => b.message_id - a.message_id);
        if (!mine.length) return;
        event.preventDefault();
        this.edit(mine[0]);
    }

    fit() {
        this.text.style.height = "auto";
        this.text.style.height = `${Math.min(this.text.scrollHeight + 2, MAX_HEIGHT)}px`;
    }

    async send() {
        const text = this.text.value.trim();
        if (!text) return;
        const { about, changing } = this;
        const done = changing
            ? await this.talk.act("edit", { message_id: about.message_id, text })
            : await this.talk.send(text, about?.message_id);
        if (!done) return;
        this.text.value = "";
        this.fit();
        this.setAbout(null);
    }

    reply(message) {
        this.setAbout(message);
        this.text.focus();
    }
    edit(message) {
        this.setAbout(message, true);
        this.put(message.text || message.caption || "");
    }

    setAbout(message, changing = false) {
        if (this.changing && !message) this.text.value = "";
        this.about = message;
        this.changing = changing;
        this.aboutNode.hidden = !message;
        if (!message) return;
        this.aboutNode.replaceChildren(
            el("span", {}, el("b", {}, t(changing ? "editing" : "replying")), el("span", {}, summary(message))),
            iconButton("close", t("cancel"), () => {
                this.setAbout(null);
                this.text.focus();
            }),
        );
    }
}
