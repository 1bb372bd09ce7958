// Following addresses: bots, invitations, Mini Apps and invoices open here, everything else in a new tab after a question.

import { get, post } from "../base/api.js";
import { avatar, el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { openOutside } from "../base/outside.js";
import { overlay, toast } from "../base/overlays.js";
import { openMiniApp } from "../widgets/mini_app.js";
import { payByLink } from "../widgets/pay_sheet.js";

const TELEGRAM = /^(https?:\/\/)?(www\.)?(t\.me|telegram\.me)\/|^tg:/i;
const INVOICE = /t\.me\/(\$|invoice\/)|^tg:\/\/invoice/i;
const APP = /[?&]startapp(=|&|$)|t\.me\/\w+\/\w+([?#]|$)|[?&]appname=/i;

export const isTelegram = (url) => TELEGRAM.test(url);

export async function follow(pane, url) {
    if (!isTelegram(url)) {
        await openOutside(pane, url);
        return;
    }
    await pane.try(async () => {
        if (INVOICE.test(url)) await payByLink(pane, url);
        else if (APP.test(url)) openMiniApp(pane, await post(`${pane.base}/launch`, { url }));
        else await enter(pane, url);
    });
}

async function enter(pane, url) {
    const place = await get(`${pane.base}/preview?url=${encodeURIComponent(url)}`);
    if (place.kind === "bot") await pane.show(place.bot, place.payload);
    else if (place.kind === "external") await openOutside(pane, url);
    else if (place.kind === "person") toast(t("noChatsOfPeople"));
    else if (place.member) await pane.show(place.chat);
    else showInvitation(pane, url, place);
}

function showInvitation(pane, url, place) {
    const act = { joined: t("join"), requested: t("askToJoin") }[place.request ? "requested" : "joined"];
    const kind = place.type === "channel" ? "subscribers" : "memberCount";
    overlay(pane.node, {
        title: place.title,
        kind: "sheet",
        content: [
            el(
                "div",
                { class: "invitation" },
                avatar(place.title, place.chat, "large"),
                el("strong", {}, place.title),
                el("small", {}, t(kind, { count: place.members })),
                place.description ? el("p", {}, place.description) : null,
                place.request ? el("p", { class: "hint" }, t("requestHint")) : null,
            ),
        ],
        buttons: [{ label: act, primary: true, run: () => join(pane, url) }],
    });
}

async function join(pane, url) {
    await pane.try(async () => {
        const found = await post(`${pane.base}/open`, { url });
        await pane.refresh();
        if (found.kind === "requested") toast(t("requested"));
        else await pane.show(found.chat);
    });
}
