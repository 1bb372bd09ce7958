// The topics of a forum or of a private chat, as tabs above the messages.

import { el, reconcile } from "../base/dom.js";
import { rove, settle } from "../base/focus.js";
import { t } from "../base/i18n.js";

const ALL = "all";
const GENERAL = 1;

export class Topics {
    constructor(talk) {
        this.talk = talk;
        this.node = el("div", { class: "topics", role: "tablist", "aria-label": t("topics"), hidden: true });
        rove(this.node, "[role=tab]");
        this.begin();
    }

    begin() {
        this.chosen = ALL;
    }

    get list() {
        return this.talk.chat?.topics || [];
    }
    get shown() {
        return Boolean(this.talk.chat?.is_forum) || this.list.length > 0;
    }
    // The topic a new message goes to; nothing chosen leaves it to the sandbox.
    get thread() {
        return this.chosen === ALL ? 0 : this.chosen;
    }

    has(message) {
        return !this.shown || this.chosen === ALL || (message.message_thread_id || GENERAL) === this.chosen;
    }
    nameOf(message) {
        return (
            this.chosen === ALL && this.list.find((one) => one.message_thread_id === message.message_thread_id)?.name
        );
    }
    isClosed() {
        return Boolean(this.list.find((one) => one.message_thread_id === this.chosen)?.is_closed);
    }

    draw() {
        this.node.hidden = !this.shown;
        if (!this.shown) return;
        const own = this.list
            .filter((one) => !one.is_hidden)
            .map((one) =>
                one.message_thread_id === GENERAL
                    ? { id: GENERAL, name: t("general"), mark: "#", closed: one.is_closed }
                    : { id: one.message_thread_id, name: one.name, color: one.icon_color, closed: one.is_closed },
            );
        reconcile(
            this.node,
            [{ id: ALL, name: t("allTopics") }, ...own].map((one) => this.tab(one)),
        );
        settle(this.node, "[role=tab]");
    }

    tab(topic) {
        const chosen = topic.id === this.chosen;
        const dot =
            topic.color === undefined
                ? topic.mark
                : el("span", { class: "dot", style: `--dot:#${topic.color.toString(16).padStart(6, "0")}` });
        return {
            key: String(topic.id),
            shape: JSON.stringify([topic, chosen]),
            make: () =>
                el(
                    "button",
                    {
                        type: "button",
                        role: "tab",
                        "aria-selected": String(chosen),
                        onclick: () => this.choose(topic.id),
                    },
                    dot ?? null,
                    topic.name,
                    topic.closed ? el("small", {}, t("closedMark")) : null,
                ),
        };
    }

    choose(id) {
        this.chosen = id;
        this.draw();
        this.talk.draw();
        this.talk.composer.draw();
        this.talk.log.toEnd();
    }
}
