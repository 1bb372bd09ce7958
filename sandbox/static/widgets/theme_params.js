// The page's colours as a Mini App learns them, and the address that tells it.

const NAMES = {
    bg_color: "--panel",
    secondary_bg_color: "--ground",
    text_color: "--ink",
    hint_color: "--soft",
    link_color: "--accent",
    button_color: "--accent",
    button_text_color: "--accent-ink",
    header_bg_color: "--panel",
    section_bg_color: "--panel",
    section_header_text_color: "--accent",
    subtitle_text_color: "--soft",
    destructive_text_color: "--danger",
    accent_text_color: "--accent",
    bottom_bar_bg_color: "--panel",
    section_separator_color: "--line",
};
const PARTS = /[\d.]+/g;

function hex(color) {
    const [red, green, blue] = color.match(PARTS).slice(0, 3).map(Number);
    return `#${[red, green, blue].map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

export function themeOf(node) {
    const probe = node.ownerDocument.createElement("span");
    node.append(probe);
    const found = {};
    for (const [name, token] of Object.entries(NAMES)) {
        probe.style.color = `var(${token})`;
        found[name] = hex(getComputedStyle(probe).color);
    }
    probe.remove();
    return found;
}

// The sandbox has written the fragment; the colours are this page's to tell.
export const fragment = (url, node) =>
    url.replace(
        /tgWebAppThemeParams=[^&]*/,
        `tgWebAppThemeParams=${encodeURIComponent(JSON.stringify(themeOf(node)))}`,
    );
