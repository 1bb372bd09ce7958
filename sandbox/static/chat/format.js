// Formatted text as page elements.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { toast } from "../base/overlays.js";

const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", blockquote: "blockquote" };
const BLOCKS = new Set(["blockquote", "expandable_blockquote", "pre"]);
const LONG_QUOTE = 160;

const address = {
    text_link: (entity) => entity.url,
    url: (entity, text) => text,
    email: (entity, text) => `mailto:${text}`,
    phone_number: (entity, text) => `tel:${text}`,
    mention: (entity, text) => `https://t.me/${text.slice(1)}`,
    text_mention: (entity) => (entity.user?.username ? `https://t.me/${entity.user.username}` : ""),
};

const makers = {
    spoiler: (children) => spoiler(children),
    code: (children, text) =>
        el("code", { class: "copies", title: t("copy"), onclick: () => copy(text) }, ...children),
    pre: (children, text, { language }) =>
        el(
            "pre",
            {
                class: "copies",
                "data-language": language || null,
                title: t("copy"),
                tabindex: "0",
                onclick: () => copy(text),
            },
            el("code", {}, ...children),
        ),
    expandable_blockquote: (children, text) => expandable(children, text),
    bot_command: (children, text, entity, follow) =>
        el(
            "a",
            {
                href: "#",
                onclick: (event) => {
                    event.preventDefault();
                    follow.command(text);
                },
            },
            ...children,
        ),
    hashtag: (children) => el("span", { class: "tag" }, ...children),
    cashtag: (children) => el("span", { class: "tag" }, ...children),
};

async function copy(text) {
    if (String(getSelection())) return;
    await navigator.clipboard?.writeText(text).catch(() => undefined);
    toast(t("copied"));
}

function spoiler(children) {
    const show = () => {
        node.classList.add("shown");
        node.removeAttribute("role");
        node.removeAttribute("aria-label");
        node.removeAttribute("tabindex");
        words.removeAttribute("aria-hidden");
    };
    const words = el("span", { "aria-hidden": "true" }, ...children);
    const node = el(
        "span",
        {
            class: "spoiler",
            role: "button",
            tabindex: "0",
            "aria-label": t("spoiler"),
            "data-stop": true,
            onclick: show,
            onkeydown: (event) => {
                if (event.key === "Enter" || event.key === " ") {
                    event.preventDefault();
                    show();
                }
            },
        },
        words,
    );
    return node;
}

function expandable(children, text) {
    const box = el("blockquote", { class: "expandable" }, ...children);
    if (text.length < LONG_QUOTE && text.split("\n").length < 4) return box;
    const button = el(
        "button",
        {
            class: "unfold",
            type: "button",
            "aria-expanded": "false",
            onclick: () => {
                const open = box.classList.toggle("open");
                button.setAttribute("aria-expanded", String(open));
                button.textContent = t(open ? "fold" : "unfold");
            },
        },
        t("unfold"),
    );
    box.append(button);
    return box;
}

function wrap(entity, children, text, follow) {
    const url = address[entity.type]?.(entity, text);
    if (url)
        return el(
            "a",
            {
                href: /^(https?:|tg:|mailto:|tel:)/i.test(url) ? url : `https://${url}`,
                rel: "noopener noreferrer",
                onclick: (event) => follow.link(event, url),
            },
            ...children,
        );
    if (TAGS[entity.type]) return el(TAGS[entity.type], {}, ...children);
    return makers[entity.type]?.(children, text, entity, follow) || el("span", {}, ...children);
}

// Entities are properly nested and sorted; offsets count UTF-16 units, as JavaScript strings do.
function build(text, entities, from, to, follow) {
    const nodes = [];
    let at = from;
    let index = 0;
    while (index < entities.length) {
        const entity = entities[index];
        const end = Math.min(entity.offset + entity.length, to);
        let next = index + 1;
        if (entity.offset >= at && entity.offset < to) {
            while (next < entities.length && entities[next].offset < end) next += 1;
            // A block begins and ends its line by itself; the line breaks beside it would show as empty lines.
            const block = BLOCKS.has(entity.type);
            nodes.push(block ? text.slice(at, entity.offset).replace(/\n$/, "") : text.slice(at, entity.offset));
            nodes.push(
                wrap(
                    entity,
                    build(text, entities.slice(index + 1, next), entity.offset, end, follow),
                    text.slice(entity.offset, end),
                    follow,
                ),
            );
            at = block && text[end] === "\n" ? Math.min(end + 1, to) : end;
        }
        index = next;
    }
    nodes.push(text.slice(at, to));
    return nodes;
}

const EMOJI_ONLY =
    /^(?:\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier}|\u200D\p{Extended_Pictographic})*){1,3}$/u;

export function formatted(text, entities, follow) {
    const large = !entities?.length && EMOJI_ONLY.test(text);
    return el(
        "div",
        { class: `text ${large ? "emoji" : ""}`, dir: "auto" },
        ...build(text, entities || [], 0, text.length, follow),
    );
}
