// Files in messages: pictures, films, sounds and documents, one by one or as an album.

import { el, icon } from "../base/dom.js";
import { length, size, t } from "../base/i18n.js";
import { player, voice } from "../widgets/player.js";
import { openViewer } from "../widgets/viewer.js";
import { kindOf } from "./summary.js";

const pictureOf = (message) => message.photo.at(-1);
const unseen = (text) => el("span", { class: "sr" }, text);
const blurred = (message) => (message.has_media_spoiler ? "blurred" : "");

function photo(message, talk, group = [message]) {
    const file = pictureOf(message);
    const open = (event) => {
        const button = event.currentTarget;
        if (button.classList.contains("blurred")) {
            button.classList.remove("blurred");
            button.setAttribute("aria-label", t("photo"));
            return;
        }
        openViewer(
            talk.pane.node,
            group.filter((one) => one.photo).map(pictureOf),
            group.filter((one) => one.photo).indexOf(message),
        );
    };
    return el(
        "button",
        {
            class: `photo ${blurred(message)}`,
            type: "button",
            "aria-label": message.has_media_spoiler ? t("hiddenPhoto") : t("photo"),
            onclick: open,
        },
        el("img", { src: file.url, width: file.width, height: file.height, alt: "", loading: "lazy" }),
    );
}

// What a browser cannot play it can still save.
function film(file, kind, options) {
    const node = el("video", { src: file.url, "aria-label": t(kind), playsinline: true, ...options });
    node.addEventListener("error", () => node.replaceWith(unplayable(file, kind)), { once: true });
    return node;
}

const unplayable = (file, kind) =>
    el(
        "a",
        { class: `unplayable ${kind}`, href: file.url, download: file.file_name || `${kind}.mp4`, title: t("save") },
        icon(kind === "video_note" ? "circle" : "film"),
        unseen(`${t(kind)}, `),
        el("span", {}, length(file.duration || 0)),
        unseen(`, ${t("save")}`),
    );

function videoNote(message) {
    const node = film(message.video_note, "video_note", { class: "round", preload: "metadata" });
    const button = el(
        "button",
        {
            class: "note-ring",
            type: "button",
            "aria-label": `${t("video_note")}, ${length(message.video_note.duration || 0)}`,
            onclick: () => (node.paused ? node.play().catch(() => undefined) : node.pause()),
        },
        node,
    );
    node.addEventListener("error", () => button.replaceWith(unplayable(message.video_note, "video_note")), {
        once: true,
    });
    return button;
}

function animation(message) {
    const file = message.animation;
    if (file.mime_type?.startsWith("image/")) return el("img", { class: "gif", src: file.url, alt: t("animation") });
    return film(file, "animation", { autoplay: true, muted: true, loop: true, class: "gif" });
}

function documentTile(message) {
    const file = message.document;
    const name = file.file_name || t("document");
    const ending = name.includes(".") ? name.split(".").at(-1).slice(0, 4) : "";
    return el(
        "a",
        { class: "doc", href: file.url, download: name, title: t("save") },
        el("span", { class: "tile", "aria-hidden": "true" }, ending || icon("file")),
        el(
            "span",
            {},
            unseen(`${t("document")}: `),
            el("b", {}, name),
            el("small", {}, size(file.file_size)),
            unseen(`, ${t("save")}`),
        ),
    );
}

const makers = {
    photo,
    sticker: (message) =>
        el("img", {
            class: "sticker",
            src: message.sticker.url,
            alt: message.sticker.emoji ? `${t("sticker")} ${message.sticker.emoji}` : t("sticker"),
        }),
    voice: (message) => voice(message.voice),
    audio: (message) => player(message.audio),
    video: (message) => film(message.video, "video", { controls: true, preload: "metadata" }),
    animation,
    video_note: videoNote,
    document: documentTile,
};

export function media(message, talk) {
    const kind = kindOf(message);
    return kind ? el("div", { class: `media of-${kind}` }, makers[kind](message, talk)) : null;
}

export function album(group, talk) {
    const kind = kindOf(group[0]);
    const stacked = kind === "document" || kind === "audio";
    const parts = group.map((message) => makers[kindOf(message)](message, talk, group));
    return el(
        "div",
        {
            class: stacked ? "media stack" : `media album n${group.length}`,
            role: "group",
            "aria-label": t("albumOf", { count: group.length }),
        },
        ...parts,
    );
}
