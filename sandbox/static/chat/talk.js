// The open chat: its messages, what is being written in it, and everything a person does there.

import { get, post } from "../base/api.js";
import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { openMiniApp } from "../widgets/mini_app.js";
import { ChatHead } from "./chat_head.js";
import { Composer } from "./composer.js";
import { Drafts } from "./drafts.js";
import { follow, isTelegram } from "./links.js";
import { ChatLog } from "./log.js";
import { openMessageMenu } from "./message_menu.js";
import { Pinned } from "./pinned.js";
import { press } from "./presses.js";
import { Topics } from "./topics.js";

const HISTORY = 300;
const WRITERS = new Set(["creator", "administrator"]);

export class Talk {
    constructor(pane) {
        this.pane = pane;
        this.chat = null;
        this.messages = new Map();
        this.loads = new Set(); // what is told while the history is on its way, a list per question
        this.head = new ChatHead(pane, this);
        this.topics = new Topics(this);
        this.pinned = new Pinned(this);
        this.log = new ChatLog(this);
        this.drafts = new Drafts(() => this.log.stay());
        this.composer = new Composer(this);
        this.node = el("section", { class: "talk", "aria-label": t("messages") });
        this.shut();
    }

    get me() {
        return this.pane.person.id;
    }
    get here() {
        return `${this.pane.base}/chats/${this.chat.key}`;
    }
    get mayWrite() {
        return (
            this.chat.member &&
            this.chat.started &&
            !this.chat.blocked &&
            (this.chat.type !== "channel" || WRITERS.has(this.chat.status))
        );
    }

    shut() {
        this.chat = null;
        this.messages.clear();
        this.drafts.clear();
        this.node.replaceChildren(el("p", { class: "empty" }, t("pickChat")));
    }

    async open(chat, payload) {
        this.chat = chat;
        this.payload = payload;
        this.messages.clear();
        this.drafts.clear();
        this.topics.begin();
        this.log.begin(chat.unread);
        this.composer.begin();
        this.node.replaceChildren(
            this.head.node,
            this.topics.node,
            this.pinned.node,
            this.log.node,
            this.composer.node,
        );
        this.update(chat);
        await this.load();
        if (matchMedia("(hover: hover)").matches) this.composer.focus();
    }

    update(chat) {
        this.chat = chat;
        this.head.draw();
        this.topics.draw();
        this.pinned.draw(chat);
        this.composer.draw();
    }

    async load() {
        const { chat } = this;
        const meanwhile = [];
        this.loads.add(meanwhile);
        const asked = get(`${this.here}/messages?since=0&limit=${HISTORY}`);
        const news = await asked.finally(() => this.loads.delete(meanwhile));
        if (this.chat?.key !== chat.key) return;
        this.messages = new Map(news.messages.map((one) => [one.message_id, one]));
        for (const event of meanwhile) this.keep(event);
        for (const draft of chat.drafts || []) this.drafts.show(draft);
        this.draw();
        this.log.toEnd();
        await post(`${this.here}/read`);
    }

    // Messages of the chosen topic, in the order of the chat.
    draw(fresh = 0) {
        const chosen = [...this.messages.values()]
            .filter((one) => this.topics.has(one))
            .sort((a, b) => a.message_id - b.message_id);
        this.log.draw(chosen, fresh);
    }

    // Holds what the stream tells of the messages, also against an answer that was written before that.
    keep(event) {
        if (event.event === "deleted") this.messages.delete(event.message_id);
        if (event.event === "message") this.messages.set(event.message.message_id, event.message);
    }

    told(event) {
        for (const meanwhile of this.loads) meanwhile.push(event);
        if (event.event === "action") this.head.busy(event.action);
        else if (event.event === "draft") this.drafts.show(event.draft || event);
        else if (event.event === "deleted") {
            this.keep(event);
            this.draw();
        } else if (event.event === "message") this.toldMessage(event);
    }

    toldMessage(event) {
        const { message } = event;
        const known = this.messages.has(message.message_id);
        this.keep(event);
        if (message.from?.id === this.me) this.log.answered();
        else if (!known) {
            this.head.busy("");
            this.drafts.end(message);
        }
        this.draw(known ? 0 : message.message_id);
        if (document.visibilityState === "visible") post(`${this.here}/read`).catch(() => undefined);
    }

    act(path, body) {
        return this.pane.try(() => post(`${this.here}/${path}`, body));
    }

    async send(text, reply = 0) {
        return this.act("send", { text, reply_to: reply, thread: this.topics.thread });
    }

    start() {
        const payload = this.payload || "";
        this.payload = "";
        return this.pane.try(async () => {
            await post(`${this.pane.base}/start`, { bot: this.chat.username, payload });
            await this.pane.refresh();
        });
    }

    command(text) {
        this.send(text);
    }
    link(event, url) {
        event.preventDefault();
        follow(this.pane, isTelegram(url) || /^[a-z]+:/i.test(url) ? url : `https://${url}`);
    }

    press(message, key, row, column, button) {
        return press(this, message, key, row, column, button);
    }
    menu(message, anchor) {
        openMessageMenu(this, message, anchor);
    }
    vote(message, options) {
        return this.act("vote", { message_id: message.message_id, options });
    }

    react(message, emoji) {
        const mine = (message.reactions || [])
            .filter((one) => one.people.includes(this.me))
            .map((one) => one.type.emoji);
        const kept = mine.includes(emoji) ? mine.filter((one) => one !== emoji) : [emoji];
        return this.act("react", { message_id: message.message_id, reactions: kept });
    }

    launch(wish) {
        return this.pane.try(async () =>
            openMiniApp(this.pane, await post(`${this.here}/launch`, wish), { talk: this, wish }),
        );
    }
}
