// Building the page without markup strings, so that no text can become markup.

import { paths } from "./icons.js";

const SVG = "http://www.w3.org/2000/svg";

export function el(tag, options = {}, ...children) {
    const node = document.createElement(tag);
    for (const [key, value] of Object.entries(options)) {
        if (value === undefined || value === null || value === false) continue;
        if (key === "class") node.className = value;
        else if (key === "style") node.style.cssText = value;
        else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
        else node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
    return node;
}

export function icon(name) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    svg.classList.add("glyph");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", paths[name]);
    svg.append(path);
    return svg;
}

export const iconButton = (name, label, onclick, extra = "") =>
    el("button", { class: `icon ${extra}`, type: "button", "aria-label": label, title: label, onclick }, icon(name));

export const textButton = (label, onclick, extra = "small") =>
    el("button", { class: extra, type: "button", onclick }, label);

export function hue(seed) {
    let sum = 0;
    for (const letter of String(seed)) sum = (sum * 31 + letter.codePointAt(0)) % 360;
    return sum;
}

export function avatar(name, seed, extra = "") {
    const initials = [...name.trim()].slice(0, 1).join("") || "?";
    return el("span", { class: `avatar ${extra}`, style: `--hue:${hue(seed)}`, "aria-hidden": "true" }, initials);
}

const FOCUSABLE = "button, a[href], input, textarea, select, [tabindex]";

// Where the focus is inside a box of keyed nodes, so that it can be found again in a rebuilt node.
function heldFocus(box) {
    const active = document.activeElement;
    const owner = [...box.children].find((node) => node.contains(active));
    if (!owner) return () => undefined;
    const index = [...owner.querySelectorAll(FOCUSABLE)].indexOf(active);
    return () => {
        if (document.activeElement === active && active.isConnected) return;
        const heir = [...box.children].find((node) => node.dataset.key === owner.dataset.key);
        if (active.isConnected) active.focus({ preventScroll: true });
        else (heir?.querySelectorAll(FOCUSABLE)[index] || heir || box).focus({ preventScroll: true });
    };
}

// Makes the box hold exactly the `wanted` nodes ({ key, shape, make }) in this order; a node is rebuilt only when its
// shape has changed, and the focus stays where it is.
export function reconcile(box, wanted) {
    const restore = heldFocus(box);
    const known = new Map([...box.children].map((node) => [node.dataset.key, node]));
    const kept = new Set(wanted.map(({ key }) => key));
    for (const [key, node] of known) if (!kept.has(key)) node.remove();
    let place = box.firstElementChild;
    for (const { key, shape, make } of wanted) {
        let node = known.get(key);
        if (!node || node.shape !== shape) {
            const fresh = make();
            Object.assign(fresh, { shape });
            fresh.dataset.key = key;
            if (node === place) place = node?.nextElementSibling ?? null;
            node?.remove();
            node = fresh;
        }
        if (node === place) place = place.nextElementSibling;
        else box.insertBefore(node, place);
    }
    restore();
}
