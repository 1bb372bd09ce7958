// One person's screen: the chat list beside the open chat.

import { get } from "../base/api.js";
import { el } from "../base/dom.js";
import { listen } from "../base/live.js";
import { t } from "../base/i18n.js";
import { toast } from "../base/overlays.js";
import { nameOf } from "../page/people.js";
import { ChatList } from "./chat_list.js";
import { follow } from "./links.js";
import { Talk } from "./talk.js";

const NARROW = 680;
const REFRESH_MS = 120;

export class Pane {
    constructor(person, openChat) {
        this.person = person;
        this.base = `/sandbox/people/${person.id}`;
        this.chats = [];
        this.bots = [];
        this.wanted = openChat || null;
        this.list = new ChatList(person, { open: (key) => this.show(key), follow: (url) => this.follow(url) });
        this.talk = new Talk(this);
        this.node = el(
            "section",
            { class: "pane", "aria-label": t("screenOf", { name: nameOf(person) }) },
            this.list.node,
            this.talk.node,
        );
        new ResizeObserver(([entry]) =>
            this.node.classList.toggle("narrow", entry.contentRect.width < NARROW),
        ).observe(this.node);
        this.stop = listen(
            person.id,
            (event) => this.told(event),
            () => this.reload(),
        );
    }

    follow(url) {
        return follow(this, url);
    }

    // Runs an act and shows what the sandbox refuses; tells whether it succeeded.
    async try(act) {
        try {
            await act();
            return true;
        } catch (error) {
            toast(error.message, true);
            return false;
        }
    }

    reload() {
        return this.try(async () => {
            this.bots = await get("/sandbox/bots");
            await this.refresh();
            if (this.talk.chat) await this.talk.load();
            else if (this.wanted) await this.show(this.wanted);
        });
    }

    async refresh() {
        this.chats = await get(`${this.base}/chats`);
        const open = this.chats.find((one) => one.key === this.talk.chat?.key);
        if (open) this.talk.update(open);
        this.draw();
    }

    draw() {
        this.list.draw(this.chats, this.bots, this.talk.chat?.key);
    }

    async show(key, payload = "") {
        this.wanted = null;
        const found = this.chats.find((one) => one.key === key || one.username === key);
        await this.try(async () => {
            await this.talk.open(found || (await get(`${this.base}/chats/${key}`)), payload);
            this.node.classList.add("inside");
            await this.refresh();
        });
    }

    leave() {
        this.node.classList.remove("inside");
        const { key } = this.talk.chat || {};
        this.talk.shut();
        this.draw();
        this.list.focus(key);
    }

    told(event) {
        if (event.event === "stop") return;
        if (event.event === "clock") {
            dispatchEvent(new CustomEvent("clock-moved", { detail: event }));
            return;
        }
        if (event.chat === this.talk.chat?.key) this.talk.told(event);
        clearTimeout(this.later);
        this.later = setTimeout(() => this.refresh().catch(() => undefined), REFRESH_MS);
    }

    close() {
        clearTimeout(this.later);
        this.stop();
        this.node.remove();
    }
}
