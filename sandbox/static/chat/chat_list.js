// The list of a person's chats, with bots still to be started below and the field for links.

import { now } from "../base/api.js";
import { avatar, el, icon, reconcile } from "../base/dom.js";
import { rove, settle } from "../base/focus.js";
import { t, when } from "../base/i18n.js";
import { named } from "../base/names.js";
import { nameOf } from "../page/people.js";
import { serviceText } from "./service.js";
import { summary } from "./summary.js";

export class ChatList {
    constructor(person, act) {
        this.act = act;
        this.me = person.id;
        this.rows = el("ul", { class: "chats", "aria-label": t("chats") });
        this.address = el("input", {
            type: "text",
            inputmode: "url",
            "aria-label": t("openLink"),
            placeholder: t("openLink"),
            autocomplete: "off",
        });
        this.node = el(
            "div",
            { class: "list" },
            el("h2", {}, avatar(person.first_name, person.id, "tiny"), el("span", {}, nameOf(person))),
            this.rows,
            el(
                "form",
                { class: "follow", onsubmit: (event) => this.go(event) },
                this.address,
                el("button", { class: "small" }, t("go")),
            ),
        );
        rove(this.rows, ".entry");
    }

    go(event) {
        event.preventDefault();
        const url = this.address.value.trim();
        this.address.value = "";
        if (url) this.act.follow(url);
    }

    focus(key) {
        [...this.rows.querySelectorAll(".entry")].find((one) => one.dataset.chat === key)?.focus();
    }

    draw(chats, bots, open) {
        const known = new Set(chats.map((chat) => chat.username).filter(Boolean));
        const fresh = bots.filter((bot) => !known.has(bot.username));
        const rows = chats.map((chat) => this.row(chat, chat.key === open));
        if (!rows.length) rows.push(label("none", t("noChats")));
        if (fresh.length) rows.push(label("bots", t("bots")));
        reconcile(this.rows, [...rows, ...fresh.map((bot) => this.bot(bot))]);
        settle(this.rows, ".entry");
    }

    row(chat, current) {
        const shown = {
            title: named(chat.title),
            seed: chat.username || chat.key,
            last: this.last(chat),
            at: chat.last ? when(chat.last.date, now()) : "",
            unread: current ? 0 : chat.unread,
            current,
            sign: { group: "people", supergroup: "people", channel: "horn" }[chat.type],
        };
        return {
            key: chat.key,
            shape: JSON.stringify(shown),
            make: () => entry(chat.key, shown, () => this.act.open(chat.key)),
        };
    }

    last(chat) {
        const draft = chat.drafts?.at(-1);
        if (draft?.text) return `${t("typing")} ${draft.text.slice(-60)}`;
        if (!chat.last) return chat.started ? t("nothing") : t("notStarted");
        const service = serviceText(chat.last);
        if (service) return service;
        const { from } = chat.last;
        const author = from?.id === this.me ? t("you") : chat.type.endsWith("group") && from ? from.first_name : "";
        return author ? `${author}: ${summary(chat.last)}` : summary(chat.last);
    }

    bot(bot) {
        const shown = {
            title: named(bot.first_name),
            seed: bot.username,
            last: `@${bot.username}`,
            at: "",
            unread: 0,
            current: false,
        };
        return {
            key: `@${bot.username}`,
            shape: JSON.stringify(shown),
            make: () => entry(bot.username, shown, () => this.act.open(bot.username)),
        };
    }
}

const label = (key, text) => ({ key: `-${key}`, shape: text, make: () => el("li", { class: "group" }, text) });

function entry(key, { title, seed, last, at, unread, current, sign }, onclick) {
    const badge = unread
        ? el("span", { class: "badge" }, String(unread), el("span", { class: "sr" }, ` ${t("unread")}`))
        : el("span");
    return el(
        "li",
        {},
        el(
            "button",
            { class: "entry", type: "button", "data-chat": key, "aria-current": current ? "true" : null, onclick },
            avatar(title, seed),
            el("span", { class: "title" }, sign ? icon(sign) : null, title),
            el("span", { class: "when" }, at),
            el("span", { class: "last" }, last),
            badge,
        ),
    );
}
