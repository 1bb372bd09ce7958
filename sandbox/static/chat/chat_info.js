// What is known about a chat: a bot's description and commands, a group's members, links and waiting requests.

import { get, post } from "../base/api.js";
import { avatar, el, textButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { named } from "../base/names.js";
import { overlay, toast } from "../base/overlays.js";
import { nameOf } from "../page/people.js";

const GONE = new Set(["left", "kicked"]);
const RANKS = new Set(["creator", "administrator"]);

export async function showChatInfo(talk) {
    const { chat, pane } = talk;
    const group =
        chat.type === "private"
            ? null
            : await get(`/sandbox/groups/${chat.id}`).catch((error) => {
                  toast(error.message, true);
                  return undefined;
              });
    if (group === undefined) return;
    const { box } = overlay(pane.node, {
        title: named(chat.title),
        content: group ? groupParts(talk, group) : botParts(talk),
    });
    box.classList.add("info");
}

const section = (title, rows) => (rows.length ? [el("h3", {}, title), el("ul", { class: "rows" }, ...rows)] : []);
const line = (name, seed, more, ...buttons) =>
    el(
        "li",
        {},
        avatar(name, seed, "small-face"),
        el("span", {}, name, more ? el("small", {}, more) : null),
        ...buttons,
    );

function botParts({ chat }) {
    const commands = (chat.commands || []).map((one) =>
        el("li", {}, el("span", {}, `/${one.command}`, el("small", {}, one.description))),
    );
    return [
        el("p", { class: "hint" }, `@${chat.username}`),
        chat.description ? el("p", {}, chat.description) : null,
        ...section(t("commands"), commands),
    ].filter(Boolean);
}

function groupParts(talk, group) {
    const present = group.members.filter((one) => !GONE.has(one.status));
    const mine = present.find((one) => one.user.id === talk.me);
    const rules = mine && RANKS.has(mine.status);
    const members = present.map((one) => line(nameOf(one.user), one.user.id, t(`rank_${one.status}`)));
    const waiting = group.requests.map((id) => request(talk, id, rules));
    const links = rules ? group.links.filter((one) => !one.is_revoked).map(link) : [];
    return [
        group.description ? el("p", {}, group.description) : null,
        ...section(t("waiting"), waiting),
        ...section(t("members"), members),
        ...section(t("links"), links),
    ].filter(Boolean);
}

function request(talk, id, rules) {
    const node = line(String(id), id, t("wantsIn"));
    get(`/sandbox/people/${id}`).then(
        (person) =>
            node.replaceChildren(
                ...line(nameOf(person), id, t("wantsIn"), ...(rules ? answers(talk, id, node) : [])).childNodes,
            ),
        () => undefined,
    );
    return node;
}

const answers = (talk, id, node) =>
    [true, false].map((approve) =>
        textButton(
            t(approve ? "approve" : "decline"),
            () =>
                talk.pane.try(async () => {
                    await post(`/sandbox/groups/${talk.chat.id}/requests`, { person: id, approve });
                    node.remove();
                }),
            approve ? "small strong" : "small",
        ),
    );

function link(one) {
    const copy = async () => {
        await navigator.clipboard?.writeText(one.invite_link).catch(() => undefined);
        toast(t("copied"));
    };
    return el(
        "li",
        {},
        el("span", {}, one.name || t("mainLink"), el("small", {}, one.invite_link)),
        textButton(t("copy"), copy),
    );
}
