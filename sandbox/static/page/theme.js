// Light, dark, or whatever the system prefers.

const KEY = "sandbox-theme";
const CHOICES = ["auto", "light", "dark"];
const wished = new URLSearchParams(location.search).get("theme") || localStorage.getItem(KEY);
let chosen = CHOICES.includes(wished) ? wished : "auto";

export const theme = () => chosen;

export function setTheme(choice) {
    chosen = choice;
    localStorage.setItem(KEY, choice);
    show();
}

function show() {
    document.documentElement.dataset.theme = chosen;
    dispatchEvent(new CustomEvent("theme-changed"));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
show();
