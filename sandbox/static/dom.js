// Small tools for building the page without markup strings, so that no text can become markup.

export function el(tag, options = {}, ...children) {
  const node = document.createElement(tag);
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === "class") node.className = value;
    else if (key === "style") node.style.cssText = value;
    else if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const paths = {
  back: "M15 5l-7 7 7 7",
  more: "M12 5.5v.2M12 11.9v.2M12 18.3v.2",
  send: "M12 19V6M6 11l6-6 6 6",
  clip: "M19 12l-7 7a4.5 4.5 0 0 1-6.4-6.4l8-8a3 3 0 0 1 4.3 4.3l-7.6 7.6a1.5 1.5 0 0 1-2.1-2.1L15 8",
  slash: "M14 5l-4 14",
  down: "M6 9l6 6 6-6",
  close: "M6 6l12 12M18 6L6 18",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
};

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", paths[name]);
  svg.append(path);
  return svg;
}

export const iconButton = (name, label, onclick, extra = "") =>
  el("button", { class: `icon ${extra}`, type: "button", "aria-label": label, title: label, onclick }, icon(name));

export function hue(seed) {
  let sum = 0;
  for (const letter of String(seed)) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}

export function avatar(name, seed) {
  const initials = [...name.trim()].slice(0, 1).join("") || "?";
  return el("span", { class: "avatar", style: `--hue:${hue(seed)}`, "aria-hidden": "true" }, initials);
}

export function toast(text, bad = false) {
  const box = el("div", { class: `toast ${bad ? "bad" : ""}` }, text);
  document.getElementById("toasts").append(box);
  setTimeout(() => box.remove(), bad ? 6000 : 3500);
}

export function dialog(title, closeLabel, ...content) {
  const box = el("dialog", { "aria-label": title }, el("h2", {}, title), ...content);
  if (closeLabel) {
    box.append(el("div", { class: "row" }, el("button", { class: "small", type: "button", onclick: () => box.close() }, closeLabel)));
  }
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
  return box;
}
