// What can be attached: a file of one's own, or a sample of each kind made by the sandbox.

import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { menu } from "../base/overlays.js";

const KINDS = [
    [/^image\/(?!svg)/, "photo"],
    [/^audio\/(ogg|webm)/, "voice"],
    [/^audio\//, "audio"],
    [/^video\//, "video"],
];
const SPOT = { latitude: 59.93863, longitude: 30.31413 };
const DICE = { emoji: "🎲" };
const FACES = 6;
const PICTURES = 9;
const roll = (most) => Math.floor(Math.random() * most) + 1;

export function showAttach(talk, anchor, reply = 0) {
    const common = { reply_to: reply, thread: talk.topics.thread };
    const media =
        (kind, more = {}) =>
        () =>
            talk.act("media", { kind, ...common, ...more });
    const body = (content) => talk.act("send", { body: content, ...common });
    menu(anchor, [
        { label: t("ownFile"), glyph: "file", run: () => pick(talk, common) },
        { label: t("samplePhoto"), glyph: "photo", run: () => media("photo", { sample: roll(PICTURES) })() },
        { label: t("sampleAlbum"), glyph: "photo", run: () => talk.act("album", { count: 3, ...common }) },
        { label: t("sampleVoice"), glyph: "mic", run: media("voice") },
        { label: t("sampleNote"), glyph: "circle", run: media("video_note") },
        { label: t("sampleVideo"), glyph: "film", run: media("video") },
        { label: t("sampleAudio"), glyph: "note", run: media("audio") },
        { label: t("sampleDocument"), glyph: "file", run: media("document") },
        { label: t("shareContact"), glyph: "phone", run: () => talk.act("send", { contact: true, ...common }) },
        { label: t("location"), glyph: "pin", run: () => body({ location: SPOT }) },
        { label: t("dice"), glyph: "dice", run: () => body({ dice: { ...DICE, value: roll(FACES) } }) },
    ]);
}

function pick(talk, common) {
    const input = el("input", { type: "file", hidden: true, onchange: () => upload(talk, common, input) });
    document.body.append(input);
    input.click();
}

async function upload(talk, common, input) {
    const [file] = input.files;
    input.remove();
    if (!file) return;
    const form = new FormData();
    form.append("kind", KINDS.find(([pattern]) => pattern.test(file.type))?.[1] || "document");
    form.append("caption", talk.composer.text.value.trim());
    for (const [name, value] of Object.entries(common)) if (value) form.append(name, value);
    form.append("file", file, file.name);
    if (await talk.act("media", form)) talk.composer.begin();
}
