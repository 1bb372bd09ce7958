// Voice messages and music: one plays at a time; the bar is a slider for mouse and keys.

import { el, icon } from "../base/dom.js";
import { length, t } from "../base/i18n.js";
import { toast } from "../base/overlays.js";

const BARS = 36;
const STEP_SECONDS = 2;
let playing = null;

// The same file always draws the same wave; the real one is not known before it is played.
function wave(seed) {
    let state = 7;
    for (const letter of seed) state = (state * 31 + letter.codePointAt(0)) % 65_521;
    return Array.from({ length: BARS }, (_, place) => {
        state = (state * 75 + 74) % 65_537;
        return 22 + Math.round((state / 65_537) * 62 * Math.sin(((place + 2) / (BARS + 4)) * Math.PI));
    });
}

export function voice(file) {
    const bars = wave(file.file_unique_id || file.url).map((height) => el("i", { style: `height:${height}%` }));
    return track(file, "voice", el("span", { class: "wave", "aria-hidden": "true" }, ...bars));
}

export function player(file) {
    const title = file.title || file.file_name || t("audio");
    return track(
        file,
        "audio",
        el("span", { class: "line", "aria-hidden": "true" }),
        el("span", { class: "names" }, el("b", {}, title), file.performer ? el("small", {}, file.performer) : null),
        title,
    );
}

function track(file, kind, picture, names = null, title = "") {
    const sound = new Audio();
    const total = () => (Number.isFinite(sound.duration) && sound.duration) || file.duration || 0;
    const label = [t(kind), title, length(file.duration || 0)].filter(Boolean).join(", ");
    const button = el(
        "button",
        { class: "play", type: "button", "aria-label": `${t("play")}: ${label}`, onclick: toggle },
        icon("play"),
    );
    const bar = el(
        "span",
        {
            class: "seek",
            role: "slider",
            tabindex: "0",
            "data-stop": true,
            "aria-label": t("position"),
            "aria-valuemin": "0",
            "aria-valuemax": String(file.duration || 0),
            "aria-valuenow": "0",
            onclick: (event) => seek((event.offsetX / bar.clientWidth) * total()),
            onkeydown: onKey,
        },
        picture,
    );
    const left = el("time", {}, length(file.duration || 0));
    const node = el(
        "div",
        { class: `track ${kind}`, role: "group", "aria-label": label },
        button,
        el("span", { class: "column" }, names, bar, left),
    );

    function toggle() {
        if (!sound.paused) {
            sound.pause();
            return;
        }
        if (!sound.src) sound.src = file.url;
        if (playing && playing !== sound) playing.pause();
        playing = sound;
        sound.play().catch(() => toast(t("cannotPlay"), true));
    }
    function seek(seconds) {
        if (!sound.src) sound.src = file.url;
        sound.currentTime = Math.max(0, Math.min(total(), seconds));
        show();
    }
    function onKey(event) {
        const step = { ArrowLeft: -STEP_SECONDS, ArrowRight: STEP_SECONDS }[event.key];
        if (step) {
            event.preventDefault();
            seek(sound.currentTime + step);
        }
        if (event.key === " " || event.key === "Enter") {
            event.preventDefault();
            toggle();
        }
    }
    function show() {
        const on = !sound.paused && !sound.ended;
        node.style.setProperty("--done", total() ? sound.currentTime / total() : 0);
        button.replaceChildren(icon(on ? "pause" : "play"));
        button.setAttribute("aria-label", `${t(on ? "pause" : "play")}: ${label}`);
        bar.setAttribute("aria-valuenow", String(Math.round(sound.currentTime)));
        bar.setAttribute("aria-valuetext", length(sound.currentTime));
        left.textContent = length(on ? sound.currentTime : total());
    }
    for (const name of ["play", "pause", "ended", "timeupdate"]) sound.addEventListener(name, show);
    return node;
}
