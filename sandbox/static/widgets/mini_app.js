// A Mini App in a sheet over the chat: its page in a frame, its buttons below, closing on its or the person's wish.

import { post } from "../base/api.js";
import { avatar, el, iconButton, textButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { openOutside } from "../base/outside.js";
import { confirm, overlay, toast } from "../base/overlays.js";
import { connect } from "./bridge.js";
import { showPopup } from "./popup.js";
import { fragment, themeOf } from "./theme_params.js";
import { payByLink } from "./pay_sheet.js";

const RIGHTS = "allow-scripts allow-same-origin allow-forms allow-modals allow-popups";

// `launched` is the sandbox's answer to a launch; `origin` tells the chat and the button it came from.
export function openMiniApp(pane, launched, origin = {}) {
    return new MiniApp(pane, launched, origin);
}

class MiniApp {
    constructor(pane, launched, { talk, wish }) {
        this.pane = pane;
        this.talk = talk;
        this.wish = wish;
        this.name = pane.bots.find((bot) => bot.username === launched.bot)?.first_name || launched.bot;
        this.mustAsk = false;
        this.build(launched);
        this.bridge = connect(this.frame, this.handlers());
        this.onTheme = () => this.bridge.tell("theme_changed", { theme_params: themeOf(pane.node) });
        addEventListener("theme-changed", this.onTheme);
    }

    build({ url, bot }) {
        this.frame = el("iframe", {
            src: fragment(url, this.pane.node),
            title: this.name,
            sandbox: RIGHTS,
            allow: "clipboard-write",
        });
        this.back = iconButton("back", t("back"), () => this.bridge.tell("back_button_pressed"));
        this.back.hidden = true;
        this.main = textButton("", () => this.bridge.tell("main_button_pressed"), "app-button main");
        this.second = textButton("", () => this.bridge.tell("secondary_button_pressed"), "app-button second");
        this.main.hidden = this.second.hidden = true;
        const head = el(
            "header",
            { class: "app-head" },
            this.back,
            avatar(this.name, bot, "tiny"),
            el("strong", {}, this.name),
            el("small", {}, t("miniApp")),
            iconButton("close", t("closeApp"), () => this.leave()),
        );
        this.sheet = overlay(this.pane.node, {
            title: this.name,
            kind: "sheet app",
            bare: true,
            asks: () => this.mayLeave(),
            content: [head, this.frame, el("footer", { class: "app-foot" }, this.second, this.main)],
        });
    }

    handlers() {
        return {
            iframe_ready: () => this.report(),
            web_app_ready: () => this.sheet.box.classList.add("ready"),
            web_app_close: () => this.end(),
            web_app_expand: () => {
                this.sheet.box.classList.add("expanded");
                this.report();
            },
            web_app_data_send: ({ data }) => this.sendData(data),
            web_app_setup_main_button: (wish) => dress(this.main, wish),
            web_app_setup_secondary_button: (wish) => dress(this.second, wish),
            web_app_setup_back_button: ({ is_visible: shown }) => {
                this.back.hidden = !shown;
            },
            web_app_setup_closing_behavior: ({ need_confirmation: needed }) => {
                this.mustAsk = Boolean(needed);
            },
            web_app_request_theme: () => this.onTheme(),
            web_app_request_viewport: () => this.report(),
            web_app_open_link: ({ url }) => openOutside(this.pane, url),
            web_app_open_tg_link: ({ path_full: path }) => {
                this.end();
                this.pane.follow(`https://t.me${path}`);
            },
            web_app_open_invoice: ({ slug }) => this.payInvoice(slug),
            web_app_open_popup: async (wish) =>
                this.bridge.tell("popup_closed", { button_id: await showPopup(this.pane.node, wish) }),
            web_app_set_header_color: ({ color }) => this.sheet.box.style.setProperty("--app-head", color || ""),
            web_app_set_background_color: ({ color }) =>
                this.sheet.box.style.setProperty("--app-ground", color || ""),
            web_app_request_phone: async () =>
                this.bridge.tell("phone_requested", { status: await this.sharePhone() }),
            web_app_request_write_access: () => this.bridge.tell("write_access_requested", { status: "allowed" }),
        };
    }

    report() {
        const { width, height } = this.frame.getBoundingClientRect();
        this.bridge.tell("viewport_changed", {
            width,
            height,
            is_state_stable: true,
            is_expanded: this.sheet.box.classList.contains("expanded"),
        });
    }

    // Only an app opened by a keyboard button may send data, and that closes it.
    async sendData(data) {
        if (!this.wish?.button) {
            toast(t("appMayNotSend"), true);
            return;
        }
        await this.talk.act("webapp_data", { button: this.wish.button, data: String(data) });
        this.end();
    }

    async payInvoice(slug) {
        let status = "failed";
        await this.pane.try(async () => {
            status = await payByLink(this.pane, `https://t.me/$${slug}`);
        });
        this.bridge.tell("invoice_closed", { slug, status });
    }

    async sharePhone() {
        const agreed =
            this.talk &&
            (await confirm(this.pane.node, t("sharePhone"), t("sharePhoneAsk", { name: this.name }), t("share")));
        return agreed && (await this.pane.try(() => post(`${this.talk.here}/send`, { contact: true })))
            ? "sent"
            : "cancelled";
    }

    async mayLeave() {
        if (this.mustAsk && !(await confirm(this.pane.node, this.name, t("appCloseAsk"), t("closeApp"))))
            return false;
        this.forget();
        return true;
    }

    async leave() {
        if (await this.mayLeave()) this.sheet.close();
    }
    end() {
        this.forget();
        this.sheet.close();
    }
    forget() {
        removeEventListener("theme-changed", this.onTheme);
        this.bridge.end();
    }
}

function dress(
    button,
    { is_visible: shown, is_active: active = true, text, color, text_color: ink, is_progress_visible: busy },
) {
    button.hidden = !shown || !text;
    button.disabled = !active || Boolean(busy);
    button.textContent = text || "";
    button.style.background = color || "";
    button.style.color = ink || "";
    button.classList.toggle("busy", Boolean(busy));
}
