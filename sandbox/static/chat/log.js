// The messages of the open chat: drawn once each, kept at the end while the reader is there, walked by arrow keys.

import { now } from "../base/api.js";
import { el, iconButton, reconcile } from "../base/dom.js";
import { target } from "../base/focus.js";
import { dayPill, t } from "../base/i18n.js";
import { bubble } from "./message.js";
import { serviceText } from "./service.js";

const NEAR_END = 80;
const SERIES_SECONDS = 300;
const STOPS = "button, a[href], video, [data-stop]";

export class ChatLog {
    constructor(talk) {
        this.talk = talk;
        this.lines = el("div", { class: "lines" });
        this.box = el(
            "div",
            {
                class: "log",
                role: "log",
                "aria-label": t("messages"),
                tabindex: "-1",
                onscroll: () => this.onScroll(),
                onkeydown: (event) => this.onKey(event),
                onfocusin: (event) => this.onFocus(event),
            },
            this.lines,
        );
        this.down = iconButton("down", t("down"), () => this.toEnd(), "down");
        this.node = el("div", { class: "stage" }, this.box, this.down);
        // Pictures and the bot's keyboard arrive later and push the newest message away: stay where the reader was.
        const watcher = new ResizeObserver(() => this.stay());
        watcher.observe(this.box);
        watcher.observe(this.lines);
    }

    begin(unread) {
        this.unread = unread;
        this.first = 0;
        this.current = null;
        this.stuck = true;
        this.down.hidden = true;
        this.lines.replaceChildren();
    }

    draw(messages, fresh) {
        const { stuck } = this;
        if (this.unread) {
            this.first = this.firstUnread(messages);
            this.unread = 0;
        }
        const wanted = [];
        let before = null;
        for (const group of grouped(messages)) {
            const [message] = group;
            const pill = dayPill(message.date, now());
            if (!before || pill !== dayPill(before.date, now())) wanted.push(note("day", message.message_id, pill));
            if (message.message_id === this.first) wanted.push(note("divider", "new", t("newMessages")));
            wanted.push(this.wish(group, before, fresh));
            before = group.at(-1);
        }
        if (!messages.length) wanted.push(note("empty", "empty", this.talk.chat.description || t("nothing")));
        reconcile(this.lines, wanted);
        this.lines.append(this.talk.drafts.node);
        this.settle();
        this.stuck = stuck;
        this.stay();
    }

    firstUnread(messages) {
        const others = messages.filter((one) => one.from?.id !== this.talk.me);
        return this.unread < others.length ? others.at(-this.unread).message_id : 0;
    }

    wish(group, before, fresh) {
        const [message] = group;
        const { chat, mayWrite } = this.talk;
        const series =
            before &&
            authorOf(before) === authorOf(message) &&
            message.date - before.date < SERIES_SECONDS &&
            !isService(before) &&
            !isService(message);
        const view = {
            talk: this.talk,
            first: !series,
            fresh: message.message_id === fresh,
            topic: this.talk.topics.nameOf(message),
        };
        const shape = JSON.stringify([group, view.first, view.topic, mayWrite, chat.type]);
        return { key: `m${message.message_id}`, shape, make: () => bubble(group, view) };
    }

    // One message is the stop for the Tab key; its buttons follow it, those of the others wait for the arrows.
    settle() {
        const all = [...this.lines.querySelectorAll(":scope > .msg")];
        const stop = all.find((one) => one.dataset.key === this.current) || all.at(-1);
        for (const one of all) {
            one.tabIndex = one === stop ? 0 : -1;
            if (one.isStop === (one === stop)) continue;
            one.isStop = one === stop;
            for (const part of one.querySelectorAll(STOPS)) {
                part.tabIndex = one === stop ? 0 : -1;
            }
        }
    }

    onFocus(event) {
        const one = event.target.closest(".msg");
        if (!one || one.dataset.key === this.current) return;
        this.current = one.dataset.key;
        this.settle();
    }

    onKey(event) {
        const one = event.target.closest(".msg");
        if (!one || event.target !== one) return;
        if (event.key === "Enter" || event.key === "ContextMenu") {
            event.preventDefault();
            one.dispatchEvent(new CustomEvent("wants-menu"));
            return;
        }
        if (event.key === "Escape") {
            this.talk.composer.focus();
            return;
        }
        const next =
            /^Arrow(Up|Down)$|^Home$|^End$/.test(event.key) &&
            target(event, [...this.lines.querySelectorAll(":scope > .msg")]);
        if (!next) return;
        event.preventDefault();
        next.focus();
        next.scrollIntoView({ block: "nearest" });
    }

    show(id) {
        const node = this.box.querySelector(`[data-id="${id}"]`);
        node?.scrollIntoView({ block: "center", behavior: "smooth" });
        node?.classList.add("lit");
        node?.addEventListener("animationend", () => node.classList.remove("lit"), { once: true });
    }

    // Whoever writes has read what came before and wants to see the own words.
    answered() {
        this.first = 0;
        this.stuck = true;
    }
    toEnd() {
        this.stuck = true;
        this.stay();
    }
    stay() {
        if (this.stuck) this.box.scrollTop = this.box.scrollHeight;
    }
    onScroll() {
        this.stuck = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < NEAR_END;
        this.down.hidden = this.stuck;
    }
}

const isService = (message) => Boolean(serviceText(message));
const authorOf = (message) => message.from?.id || message.sender_chat?.id;
const note = (kind, id, text) => ({
    key: `${kind}${id}`,
    shape: text,
    make: () => el("div", { class: kind }, el("span", {}, text)),
});

// An album's messages are one group.
function grouped(messages) {
    const groups = [];
    for (const message of messages) {
        const album = message.media_group_id;
        if (album && groups.at(-1)?.[0].media_group_id === album) groups.at(-1).push(message);
        else groups.push([message]);
    }
    return groups;
}
