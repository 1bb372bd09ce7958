// The foot of a chat: writing, attaching, replying, the bot's keyboard and commands.

import { el, iconButton, toast } from "./dom.js";
import { summary } from "./format.js";
import { t } from "./i18n.js";

const kindsByType = [[/^image\//, "photo"], [/^audio\/(ogg|webm)/, "voice"], [/^audio\//, "audio"], [/^video\//, "video"]];

export class Composer {
  constructor(act) {
    this.act = act;
    this.reply = null;
    this.text = el("textarea", { rows: "1", "aria-label": t("write"), placeholder: t("write"), maxlength: "4096",
      oninput: () => this.fit(), onkeydown: (event) => this.onKey(event) });
    this.file = el("input", { type: "file", class: "sr", tabindex: "-1", "aria-hidden": "true", onchange: () => this.sendFile() });
    this.slash = iconButton("slash", t("commands"), () => this.showCommands());
    this.replying = el("div", { class: "replying", hidden: true });
    this.board = el("div", { class: "board", hidden: true });
    this.form = el("form", { class: "compose", onsubmit: (event) => { event.preventDefault(); this.send(); } },
      iconButton("clip", t("attach"), () => this.showFiles()), this.slash, this.text,
      el("button", { class: "hidden", type: "submit", hidden: true }), iconButton("send", t("send"), () => this.send(), "go"), this.file);
    this.node = el("div", { class: "foot" });
  }

  update(chat, commands) {
    this.commands = commands;
    this.slash.hidden = !commands.length;
    const wall = this.wall(chat);
    this.node.replaceChildren(...(wall ? [wall] : [this.replying, this.form, this.board]));
    this.drawBoard(chat.keyboard);
  }

  wall(chat) {
    if (chat.blocked) return el("button", { class: "primary", type: "button", onclick: () => this.act.unblock() }, t("unblock"));
    if (!chat.started) return el("button", { class: "primary", type: "button", onclick: () => this.act.start() }, t("start"));
    if (!chat.member) return el("div", { class: "note" }, t("left_chat"));
    if (chat.type === "channel") return el("div", { class: "note" }, t("readOnly"));
    return null;
  }

  drawBoard(keyboard) {
    this.board.hidden = !keyboard;
    if (!keyboard) return;
    const button = (key) => {
      const text = typeof key === "string" ? key : key.text;
      const press = () => (key.request_contact ? this.act.contact() : this.act.send(text, null));
      return el("button", { class: "key", type: "button", onclick: press }, text);
    };
    this.board.replaceChildren(...keyboard.keyboard.map((row) => el("div", {}, ...row.map(button))));
  }

  onKey(event) {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); this.send(); }
    if (event.key === "Escape") this.setReply(null);
  }

  fit() {
    this.text.style.height = "auto";
    this.text.style.height = `${Math.min(this.text.scrollHeight + 2, 160)}px`;
  }

  async send() {
    const text = this.text.value.trim();
    if (!text) return;
    if (await this.act.send(text, this.reply?.message_id)) {
      this.text.value = "";
      this.fit();
      this.setReply(null);
    }
  }

  setReply(message) {
    this.reply = message;
    this.replying.hidden = !message;
    if (!message) return;
    this.replying.replaceChildren(el("span", {}, summary(message)), iconButton("close", t("cancelReply"), () => this.setReply(null)));
    this.text.focus();
  }

  menu(items) {
    const box = el("div", { class: "menu low", role: "menu" });
    const close = () => { box.remove(); document.removeEventListener("pointerdown", outside, true); };
    const outside = (event) => { if (!box.contains(event.target)) close(); };
    for (const [label, run, hint] of items) {
      box.append(el("button", { type: "button", role: "menuitem", onclick: () => { close(); run(); } }, label, hint ? el("small", {}, hint) : null));
    }
    box.addEventListener("keydown", (event) => { if (event.key === "Escape") { close(); this.text.focus(); } });
    this.node.after(box);
    document.addEventListener("pointerdown", outside, true);
    box.querySelector("button").focus();
  }

  showCommands() {
    this.menu(this.commands.map((one) => [`/${one.command}`, () => this.act.send(`/${one.command}`, null), one.description]));
  }

  showFiles() {
    const reply = this.reply?.message_id;
    this.menu([
      [t("ownFile"), () => this.file.click()],
      [t("samplePhoto"), () => this.act.media({ kind: "photo", sample: Math.floor(Math.random() * 9) + 1, reply_to: reply })],
      [t("sampleVoice"), () => this.act.media({ kind: "voice", reply_to: reply })],
      [t("sampleDocument"), () => this.act.media({ kind: "document", reply_to: reply })],
      [t("sampleAlbum"), () => this.act.album({ count: 3, reply_to: reply })],
      [t("shareContact"), () => this.act.contact()],
    ]);
  }

  async sendFile() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    const form = new FormData();
    const kind = kindsByType.find(([pattern]) => pattern.test(file.type))?.[1] || "document";
    form.append("kind", file.type === "image/svg+xml" ? "document" : kind);
    form.append("caption", this.text.value.trim());
    if (this.reply) form.append("reply_to", this.reply.message_id);
    form.append("file", file, file.name);
    if (await this.act.media(form)) { this.text.value = ""; this.setReply(null); } else toast(file.name, true);
  }
}
