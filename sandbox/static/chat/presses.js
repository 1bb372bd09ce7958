// What pressing an inline button does.

import { post } from "../base/api.js";
import { t } from "../base/i18n.js";
import { openOutside } from "../base/outside.js";
import { alert, toast } from "../base/overlays.js";
import { pay } from "../widgets/pay_sheet.js";
import { follow, isTelegram } from "./links.js";

const WAIT_SECONDS = 15;

const acts = {
    url: (talk, message, key) => go(talk, key.url),
    login_url: (talk, message, key) => go(talk, key.login_url.url),
    web_app: (talk, message, key, place) => talk.launch({ message_id: message.message_id, ...place }),
    pay: (talk, message) => pay(talk, message),
    copy_text: (talk, message, key) => copy(key.copy_text.text),
    switch_inline_query: (talk, message, key) => talk.composer.put(inline(message, key.switch_inline_query)),
    switch_inline_query_current_chat: (talk, message, key) =>
        talk.composer.put(inline(message, key.switch_inline_query_current_chat)),
};

export async function press(talk, message, key, row, column, button) {
    const action = Object.keys(acts).find((name) => key[name] !== undefined);
    if (button.getAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    await talk.pane.try(() =>
        action ? acts[action](talk, message, key, { row, column }) : call(talk, message, { row, column }),
    );
    button.removeAttribute("aria-busy");
}

const go = (talk, url) => (isTelegram(url) ? follow(talk.pane, url) : openOutside(talk.pane, url));
const inline = (message, query) => `@${message.via_bot?.username || message.from?.username || ""} ${query}`;

async function copy(text) {
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    toast(t("copied"));
}

async function call(talk, message, place) {
    const { chat } = talk;
    const found = await post(`${talk.here}/press`, {
        message_id: message.message_id,
        ...place,
        timeout: WAIT_SECONDS,
    });
    if (!found.answered) toast(t("noAnswer"), true);
    else if (found.text && found.show_alert) alert(talk.pane.node, chat.title, found.text);
    else if (found.text) toast(found.text);
    if (found.url) await follow(talk.pane, found.url);
}
