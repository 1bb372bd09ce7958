// Moving the focus by arrow keys inside a list, a row of tabs or a menu: one stop for the Tab key, arrows within.

const STEPS = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 };

const shown = (node) => !node.hidden && node.offsetParent !== null;
const itemsOf = (box, selector) => [...box.querySelectorAll(selector)].filter(shown);

// Where an arrow, Home or End leads from the focused item; undefined for any other key.
export function target(event, items) {
    const at = items.indexOf(document.activeElement);
    if (event.key === "Home") return items[0];
    if (event.key === "End") return items.at(-1);
    const step = STEPS[event.key];
    if (!step || !items.length) return undefined;
    return items[(at + step + items.length) % items.length];
}

export function rove(box, selector) {
    box.addEventListener("keydown", (event) => {
        if (event.target.matches("input, textarea, select") || event.altKey || event.ctrlKey || event.metaKey) return;
        const next = target(event, itemsOf(box, selector));
        if (!next) return;
        event.preventDefault();
        next.focus();
    });
    box.addEventListener("focusin", (event) => {
        const item = event.target.closest(selector);
        if (item) settle(box, selector, item);
    });
}

// Leaves one stop for the Tab key: the given item, the marked one or the first.
export function settle(box, selector, chosen) {
    const items = [...box.querySelectorAll(selector)];
    const stop =
        chosen ||
        items.find((item) => item === document.activeElement) ||
        items.find((item) => item.matches("[aria-current], [aria-selected=true]")) ||
        items[0];
    for (const item of items) item.tabIndex = item === stop ? 0 : -1;
}
