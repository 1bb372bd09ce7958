// One person's screen: the chat list beside the open chat.

import { clock, get, listen, post } from "./api.js";
import { Composer } from "./composer.js";
import { avatar, dialog, el, iconButton, toast } from "./dom.js";
import { summary } from "./format.js";
import { day, t, when } from "./i18n.js";
import { bubble, nameOf } from "./message.js";

const NARROW = 680;
const NEAR_END = 80;
const BUSY_SECONDS = 5;
const HISTORY = 300;

export class Pane {
  constructor(person, openChat) {
    this.person = person;
    this.base = `/sandbox/people/${person.id}`;
    this.chats = [];
    this.bots = [];
    this.open = openChat || null;
    this.messages = new Map();
    this.composer = new Composer({
      send: (text, reply) => this.try(() => post(`${this.here()}/send`, { text, reply_to: reply || 0 })),
      media: (body) => this.try(() => post(`${this.here()}/media`, body)),
      album: (body) => this.try(() => post(`${this.here()}/album`, body)),
      contact: () => this.try(() => post(`${this.here()}/send`, { contact: true })),
      start: () => this.try(() => post(`${this.base}/start`, { bot: this.chat.username })),
      unblock: () => this.try(() => post(`${this.base}/unblock`, { bot: this.chat.username })),
    });
    this.build();
    this.stop = listen(person.id, (event) => this.told(event), () => this.reload());
  }

  build() {
    this.list = el("ul", { class: "chats" });
    this.address = el("input", { type: "text", "aria-label": t("openLink"), placeholder: t("openLink") });
    this.title = el("strong");
    this.subtitle = el("small");
    this.face = el("span");
    this.log = el("div", { class: "log", role: "log", "aria-label": t("messages"), tabindex: "0", onscroll: () => this.onScroll() });
    this.down = iconButton("down", t("down"), () => this.toEnd(), "down");
    this.down.hidden = true;
    // Pictures and the bot's keyboard arrive later and push the newest message away: stay where the reader was.
    this.log.addEventListener("load", () => this.stay(), true);
    new ResizeObserver(() => this.stay()).observe(this.log);
    this.talk = el("section", { class: "talk", "aria-label": t("messages") });
    this.node = el("section", { class: "pane", "aria-label": nameOf(this.person) },
      el("div", { class: "list" }, el("h2", {}, nameOf(this.person)), this.list,
        el("form", { class: "follow", onsubmit: (event) => { event.preventDefault(); this.follow(this.address.value); this.address.value = ""; } },
          this.address, el("button", { class: "small" }, t("go")))),
      this.talk);
    this.moreButton = iconButton("more", t("more"), () => this.showMenu());
    this.moreButton.setAttribute("aria-haspopup", "menu");
    this.talkHead = el("header", { class: "head" }, iconButton("back", t("back"), () => this.leave(), "back"), this.face,
      el("div", { class: "names" }, this.title, this.subtitle), this.moreButton);
    new ResizeObserver(([entry]) => this.node.classList.toggle("narrow", entry.contentRect.width < NARROW)).observe(this.node);
    this.drawTalk();
  }

  here() { return `${this.base}/chats/${this.open}`; }

  async try(act) {
    try { await act(); await this.refreshChats(); return true; } catch (error) { toast(error.message, true); return false; }
  }

  async reload() {
    await this.try(async () => {
      this.bots = await get("/sandbox/bots");
      await this.refreshChats();
      if (this.open && !this.chat) await this.show(this.open).catch((error) => { this.leave(); throw error; });
      else if (this.open) await this.load();
    });
  }

  async refreshChats() {
    this.chats = await get(`${this.base}/chats`);
    this.chat = this.chats.find((one) => one.key === this.open || one.username === this.open) || this.chat;
    if (this.chat && this.open) this.open = this.chat.key;
    this.drawList();
    this.drawHead();
  }

  async show(key) {
    this.open = key;
    this.chat = this.chats.find((one) => one.key === key) || (await get(this.here()));
    this.open = this.chat.key;
    this.messages = new Map();
    await this.try(() => this.load());
    if (matchMedia("(hover: hover)").matches) this.composer.text.focus();
  }

  leave() { this.open = null; this.chat = null; this.drawTalk(); this.drawList(); }

  async load() {
    const news = await get(`${this.here()}/messages?since=0&limit=${HISTORY}`);
    this.messages = new Map(news.messages.map((one) => [one.message_id, one]));
    this.drawTalk();
    this.drawLog();
    this.toEnd();
    await post(`${this.here()}/read`);
    await this.refreshChats();
  }

  told(event) {
    if (event.event === "clock" || event.event === "stop") { dispatchEvent(new CustomEvent("clock-moved", { detail: event })); return; }
    if (event.event === "answer") return;
    if (event.chat === this.open) this.toldHere(event);
    clearTimeout(this.later);
    this.later = setTimeout(() => this.refreshChats().catch(() => undefined), 120);
  }

  toldHere(event) {
    if (event.event === "action") { this.busy(event.action); return; }
    if (event.event === "deleted") this.messages.delete(event.message_id);
    if (event.event === "message") {
      this.busy("");
      this.messages.set(event.message.message_id, event.message);
    }
    if (event.message?.from?.id === this.person.id) this.stuck = true;
    this.drawLog(event.message?.message_id);
    if (document.visibilityState === "visible") post(`${this.here()}/read`).catch(() => undefined);
  }

  busy(action) {
    clearTimeout(this.idle);
    this.doing = action && action !== "cancel" ? t(action === "typing" ? "typing" : "sending") : "";
    this.drawHead();
    if (this.doing) this.idle = setTimeout(() => this.busy(""), BUSY_SECONDS * 1000);
  }

  drawList() {
    const now = Date.now() / 1000 + clock.offset;
    const known = new Set(this.chats.map((chat) => chat.username).filter(Boolean));
    const rows = this.chats.map((chat) => this.entry(chat, now));
    const fresh = this.bots.filter((bot) => !known.has(bot.username));
    if (!rows.length) rows.push(el("li", { class: "group" }, t("noChats")));
    if (fresh.length) rows.push(el("li", { class: "group" }, t("bots")));
    this.list.replaceChildren(...rows, ...fresh.map((bot) => el("li", {}, this.row(bot.first_name, bot.username, `@${bot.username}`, "", 0, false, () => this.show(bot.username)))));
  }

  entry(chat, now) {
    const current = chat.key === this.open;
    const last = chat.last ? summary(chat.last) : t("nothing");
    return el("li", {}, this.row(chat.title, chat.username || chat.key, last, chat.last ? when(chat.last.date, now) : "", current ? 0 : chat.unread, current, () => this.show(chat.key)));
  }

  row(title, seed, last, at, unread, current, onclick) {
    return el("button", { class: "entry", type: "button", "aria-current": current ? "true" : null, onclick },
      avatar(title, seed), el("span", { class: "title" }, title), el("span", { class: "when" }, at),
      el("span", { class: "last" }, last), unread ? el("span", { class: "badge" }, String(unread)) : el("span"));
  }

  drawTalk() {
    this.node.classList.toggle("inside", Boolean(this.open));
    if (!this.open) { this.talk.replaceChildren(el("p", { class: "empty" }, t("pickChat"))); return; }
    this.talk.replaceChildren(this.talkHead, el("div", { class: "stage" }, this.log, this.down), this.composer.node);
    this.drawHead();
  }

  drawHead() {
    if (!this.chat || !this.open) return;
    const { chat } = this;
    this.title.textContent = chat.title;
    this.subtitle.textContent = this.doing || (chat.blocked ? t("blocked") : chat.type === "private" ? `${t("bot")} @${chat.username}` : `${t("members")}: ${chat.members}`);
    this.subtitle.className = this.doing ? "busy" : "";
    this.face.replaceChildren(avatar(chat.title, chat.username || chat.key));
    const shape = JSON.stringify([chat.key, chat.blocked, chat.started, chat.member, chat.keyboard, chat.commands]);
    if (shape !== this.shape || !this.composer.node.childElementCount) { this.shape = shape; this.composer.update(chat, chat.commands || []); }
  }

  drawLog(fresh = 0) {
    const nodes = [];
    let lastDay = "";
    for (const group of this.grouped()) {
      const its = day(group[0].date);
      if (its !== lastDay) { nodes.push(el("div", { class: "day" }, its)); lastDay = its; }
      nodes.push(bubble(group, this.view(group[0].message_id === fresh)));
    }
    if (!nodes.length) nodes.push(el("p", { class: "empty" }, this.chat?.description || t("nothing")));
    const { stuck } = this;
    this.log.replaceChildren(...nodes);
    this.stuck = stuck;
    this.stay();
  }

  grouped() {
    const groups = [];
    for (const message of [...this.messages.values()].sort((a, b) => a.message_id - b.message_id)) {
      const album = message.media_group_id;
      if (album && groups.at(-1)?.[0].media_group_id === album) groups.at(-1).push(message);
      else groups.push([message]);
    }
    return groups;
  }

  view(fresh) {
    return {
      person: this.person.id, group: this.chat?.type !== "private", fresh, mayWrite: this.chat?.member && !this.chat.blocked,
      press: (...args) => this.press(...args), reply: (message) => this.composer.setReply(message),
      show: (id) => this.log.querySelector(`[data-id="${id}"]`)?.scrollIntoView({ block: "center", behavior: "smooth" }),
      vote: (message, index) => this.try(() => post(`${this.here()}/vote`, { message_id: message.message_id, options: [index] })),
      link: (event, url) => { if (/^(https?:\/\/(www\.)?t\.me\/|tg:)/.test(url)) { event.preventDefault(); this.follow(url); } },
      command: (text) => this.composer.act.send(text, null),
    };
  }

  async press(message, key, row, column, button) {
    button.classList.add("wait");
    try {
      const found = await post(`${this.here()}/press`, { message_id: message.message_id, row, column });
      if (!found.answered) toast(t("noAnswer"), true);
      else if (found.text && found.show_alert) dialog(this.chat.title, t("close"), el("p", {}, found.text));
      else if (found.text) toast(found.text);
      if (key.copy_text) await navigator.clipboard?.writeText(key.copy_text.text);
      if (found.url) await this.follow(found.url);
    } catch (error) { toast(error.message, true); }
    button.classList.remove("wait");
  }

  async follow(url) {
    if (!url.trim()) return;
    await this.try(async () => {
      const found = await post(`${this.base}/open`, { url: url.trim() });
      if (found.kind === "external") { window.open(found.url, "_blank", "noopener"); return; }
      if (found.kind === "requested") { toast(t("requested")); return; }
      if (found.kind === "joined") toast(t("joinedToast"));
      await this.refreshChats();
      if (found.chat) await this.show(found.chat);
    });
  }

  showMenu() {
    const { chat } = this;
    const name = { bot: chat.username };
    const items = chat.type === "private"
      ? [[t(chat.blocked ? "unblock" : "block"), () => this.try(() => post(`${this.base}/${chat.blocked ? "unblock" : "block"}`, name))]]
      : [[t("info"), () => this.showInfo()], [t("leave"), () => this.try(() => post(`${this.here()}/leave`))]];
    this.composer.menu.call({ node: this.talkHead, text: this.log }, items);
    this.talk.querySelector(".menu").classList.replace("low", "high");
  }

  async showInfo() {
    const group = await get(`/sandbox/groups/${this.chat.id}`);
    const section = (title, lines) => (lines.length ? [el("h3", {}, title), el("ul", {}, ...lines.map((line) => el("li", {}, line)))] : []);
    dialog(group.title, t("close"), el("p", {}, group.description),
      ...section(t("members"), group.members.filter((one) => !["left", "kicked"].includes(one.status)).map((one) => `${nameOf(one.user)} · ${one.status}`)),
      ...section(t("waiting"), group.requests.map(String)),
      ...section(t("links"), group.links.filter((one) => !one.is_revoked).map((one) => `${one.name || ""} ${one.invite_link}`)));
  }

  isAtEnd() { return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END; }
  toEnd() { this.stuck = true; this.stay(); }
  stay() { if (this.stuck) this.log.scrollTop = this.log.scrollHeight; }
  onScroll() { this.stuck = this.isAtEnd(); this.down.hidden = this.stuck; }

  close() { this.stop(); this.node.remove(); }
}
