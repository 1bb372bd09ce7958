// What lies over the page: short notes, cards and bottom sheets over one person's screen, menus.

import { el, icon, iconButton, textButton } from "./dom.js";
import { rove, settle } from "./focus.js";
import { t } from "./i18n.js";

const NOTE_SECONDS = 4;
const GAP = 8;

export function toast(text, bad = false) {
    const box = el("div", { class: `toast ${bad ? "bad" : ""}` }, text);
    // One note at a time: a new one takes the place of the former.
    document.getElementById("toasts").replaceChildren(box);
    setTimeout(() => box.remove(), (bad ? 2 : 1) * NOTE_SECONDS * 1000);
}

// Everything else in the host is out of reach until `release`.
function hold(host, box) {
    const before = document.activeElement;
    const others = [...host.children].filter((node) => node !== box && !node.inert && node.id !== "toasts");
    for (const node of others) node.inert = true;
    return () => {
        for (const node of others) node.inert = false;
        box.remove();
        if (before?.isConnected) before.focus({ preventScroll: true });
    };
}

// Opens a card (or `kind: "sheet"`, which rises from below) over `host` and gives { box, close }.
// `asks` may refuse the closing by returning false.
export function overlay(
    host,
    { title, kind = "plain", content = [], buttons = [], asks = () => true, bare = false },
) {
    const foot = buttons.map(({ label, run, primary }) =>
        textButton(
            label,
            async () => {
                if ((await run?.()) !== false) close();
            },
            primary ? "primary" : "small",
        ),
    );
    const head = el(
        "header",
        { class: "over-head" },
        el("h2", {}, title),
        iconButton("close", t("close"), () => leave()),
    );
    const box = el(
        "div",
        {
            class: `over ${kind}`,
            role: "dialog",
            "aria-modal": "true",
            "aria-label": title,
            tabindex: "-1",
            onkeydown: onKey,
        },
        bare ? null : head,
        el("div", { class: "over-body", tabindex: "-1" }, ...content),
        foot.length ? el("footer", { class: "row" }, ...foot) : null,
    );
    const veil = el(
        "div",
        {
            class: "veil",
            onpointerdown: (event) => {
                if (event.target === veil) leave();
            },
        },
        box,
    );
    host.append(veil);
    const release = hold(host, veil);
    (box.querySelector("[autofocus], .primary, input, .over-body button") || box).focus();

    function close() {
        release();
    }
    async function leave() {
        if (await asks()) close();
    }
    function onKey(event) {
        if (event.key === "Escape") {
            event.stopPropagation();
            leave();
        }
        if (event.key === "Tab") keepInside(event, box);
    }
    return { box, close };
}

function keepInside(event, box) {
    const stops = [
        ...box.querySelectorAll("button, a[href], input, textarea, select, iframe, [tabindex='0']"),
    ].filter((one) => !one.disabled && one.offsetParent);
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    if (document.activeElement !== edge && document.activeElement !== box) return;
    event.preventDefault();
    (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
}

export const confirm = (host, title, text, label) =>
    new Promise((resolve) => {
        const answer = (value) => () => resolve(value);
        overlay(host, {
            title,
            content: text ? [el("p", {}, text)] : [],
            asks: () => {
                resolve(false);
                return true;
            },
            buttons: [
                { label: t("cancel"), run: answer(false) },
                { label, primary: true, run: answer(true) },
            ],
        });
    });

export const alert = (host, title, text) =>
    overlay(host, { title, content: [el("p", {}, text)], buttons: [{ label: t("ok"), primary: true }] });

// A menu beside `anchor`: items are { label, hint, glyph, run, danger }; `top` is a row above them.
export function menu(anchor, items, top = null) {
    const before = document.activeElement;
    const rows = items.map(({ label, hint, glyph, run, danger }) =>
        el(
            "button",
            {
                type: "button",
                role: "menuitem",
                class: danger ? "danger" : "",
                onclick: () => {
                    close();
                    run();
                },
            },
            glyph ? icon(glyph) : null,
            el("span", {}, label),
            hint ? el("small", {}, hint) : null,
        ),
    );
    const box = el("div", { class: "menu", role: "menu", onkeydown: onKey }, top?.(close), ...rows);
    document.getElementById("panes").append(box);
    put(box, anchor);
    rove(box, "[role^=menuitem]");
    settle(box, "[role^=menuitem]");
    document.addEventListener("pointerdown", outside, true);
    box.querySelector("[role^=menuitem]").focus({ preventScroll: true });

    function outside(event) {
        if (!box.contains(event.target)) close(false);
    }
    function close(back = true) {
        document.removeEventListener("pointerdown", outside, true);
        box.remove();
        if (back && before?.isConnected) before.focus({ preventScroll: true });
    }
    function onKey(event) {
        if (event.key !== "Escape" && event.key !== "Tab") return;
        event.preventDefault();
        event.stopPropagation();
        close();
    }
}

function put(box, anchor) {
    const at =
        anchor instanceof Element
            ? anchor.getBoundingClientRect()
            : { left: anchor.x, right: anchor.x, top: anchor.y, bottom: anchor.y };
    const { width, height } = box.getBoundingClientRect();
    const left = Math.min(
        Math.max(GAP, at.left + width > innerWidth - GAP ? at.right - width : at.left),
        innerWidth - width - GAP,
    );
    const below = at.bottom + GAP / 2;
    const top = below + height < innerHeight - GAP ? below : Math.max(GAP, at.top - height - GAP / 2);
    box.style.left = `${left}px`;
    box.style.top = `${top}px`;
}
