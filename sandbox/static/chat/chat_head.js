// The head of the open chat: who it is with, what they are doing, and what can be done with the chat.

import { post } from "../base/api.js";
import { avatar, el, iconButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { named } from "../base/names.js";
import { confirm, menu } from "../base/overlays.js";
import { showChatInfo } from "./chat_info.js";

const BUSY_MS = 5000;
const ACTIONS = {
    typing: "typing",
    upload_photo: "sendingPhoto",
    upload_document: "sendingFile",
    record_voice: "recordingVoice",
    upload_voice: "sendingVoice",
    record_video_note: "recordingVideo",
    upload_video_note: "sendingVideo",
    record_video: "recordingVideo",
    upload_video: "sendingVideo",
    choose_sticker: "choosingSticker",
};

// Side by side, an open chat would not tell whose screen it is.
const whose = (person) =>
    el(
        "span",
        { class: "whose", "aria-hidden": "true" },
        avatar(person.first_name, person.id, "tiny"),
        person.first_name,
    );

export class ChatHead {
    constructor(pane, talk) {
        this.pane = pane;
        this.talk = talk;
        this.doing = "";
        this.title = el("strong");
        this.subtitle = el("small", { "aria-live": "polite" });
        this.face = el("span");
        this.more = iconButton("more", t("more"), () => this.showMenu());
        this.more.setAttribute("aria-haspopup", "menu");
        this.node = el(
            "header",
            { class: "head" },
            iconButton("back", t("back"), () => pane.leave(), "back"),
            this.face,
            el("div", { class: "names" }, el("h2", {}, this.title), this.subtitle),
            whose(pane.person),
            this.more,
        );
    }

    draw() {
        const { chat } = this.talk;
        this.title.textContent = named(chat.title);
        const line = this.doing || this.line(chat);
        if (this.subtitle.textContent !== line) this.subtitle.textContent = line;
        this.subtitle.className = this.doing ? "busy" : "";
        if (this.drawn !== chat.key) this.face.replaceChildren(avatar(named(chat.title), chat.username || chat.key));
        this.drawn = chat.key;
    }

    line(chat) {
        if (chat.blocked) return t("blocked");
        if (chat.type === "private") return t("botLine", { name: chat.username });
        return t(chat.type === "channel" ? "subscribers" : "memberCount", { count: chat.members });
    }

    busy(action) {
        clearTimeout(this.idle);
        this.doing = action && action !== "cancel" ? `${t(ACTIONS[action] || "sending")}` : "";
        if (this.talk.chat) this.draw();
        if (this.doing) this.idle = setTimeout(() => this.busy(""), BUSY_MS);
    }

    showMenu() {
        const { chat } = this.talk;
        menu(this.more, chat.type === "private" ? this.botItems(chat) : this.groupItems());
    }

    botItems(chat) {
        const wish = { bot: chat.username };
        const act = chat.blocked ? "unblock" : "block";
        const restart = { label: t("restart"), glyph: "retry", run: () => this.talk.start() };
        return [
            { label: t("info"), glyph: "people", run: () => showChatInfo(this.talk) },
            ...(chat.started && !chat.blocked ? [restart] : []),
            {
                label: t(act),
                glyph: "cross",
                danger: !chat.blocked,
                run: () =>
                    this.pane.try(async () => {
                        await post(`${this.pane.base}/${act}`, wish);
                        await this.pane.refresh();
                    }),
            },
        ];
    }

    groupItems() {
        const channel = this.talk.chat.type === "channel";
        const leave = async () => {
            if (await confirm(this.pane.node, t(channel ? "leaveChannel" : "leave"), t("leaveAsk"), t("leaveYes"))) {
                await this.talk.act("leave");
                await this.pane.refresh();
            }
        };
        return [
            { label: t("info"), glyph: "people", run: () => showChatInfo(this.talk) },
            ...(this.talk.chat.member
                ? [{ label: t(channel ? "leaveChannel" : "leave"), glyph: "cross", danger: true, run: leave }]
                : []),
        ];
    }
}
