// The page's own switches: trouble, light or dark, language, the list of keys.

import { el, iconButton } from "../base/dom.js";
import { lang, speak, t } from "../base/i18n.js";
import { menu, overlay } from "../base/overlays.js";
import { isMoved, resetClock } from "./clock.js";
import { showFaults, watchFaults } from "./faults.js";
import { setTheme, theme } from "./theme.js";

const KEYS = [
    ["Enter", "keySend"],
    ["Shift + Enter", "keyLine"],
    ["↑", "keyEdit"],
    ["Esc", "keyEscape"],
    ["Tab", "keyTab"],
    ["↑ ↓", "keyMessages"],
    ["Enter", "keyMenu"],
    ["/", "keyCommands"],
];

export function startTools(node) {
    const trouble = iconButton("bolt", t("faults"), showFaults, "trouble");
    const more = iconButton("more", t("settings"), () => showMenu(more));
    more.setAttribute("aria-haspopup", "menu");
    node.replaceChildren(trouble, more);
    watchFaults((active) => {
        trouble.classList.toggle("on", active);
        trouble.setAttribute("aria-label", t(active ? "faultsOn" : "faults"));
    });
}

function showMenu(button) {
    const pick = (choice) => ({
        label: t(`theme_${choice}`),
        hint: theme() === choice ? "✓" : "",
        glyph: "half",
        run: () => setTheme(choice),
    });
    const other = lang === "ru" ? "en" : "ru";
    menu(button, [
        pick("auto"),
        pick("light"),
        pick("dark"),
        ...(isMoved() ? [{ label: t("moved"), glyph: "clock", run: resetClock }] : []),
        { label: t("otherLanguage"), glyph: "people", run: () => speak(other) },
        { label: t("keys"), glyph: "keys", run: showKeys },
    ]);
}

function showKeys() {
    const row = ([key, what]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(what))];
    overlay(document.body, { title: t("keys"), content: [el("dl", { class: "shortcuts" }, ...KEYS.flatMap(row))] });
}
