// Talking to the sandbox, and noticing when it is away.

import { t } from "./i18n.js";

// How far the sandbox's clock is moved, in seconds.
export const clock = { offset: 0 };
export const now = () => Date.now() / 1000 + clock.offset;

const banner = document.getElementById("offline");

export function setOnline(online) {
    banner.textContent = online ? "" : t("offline");
    banner.hidden = online;
}

async function ask(path, options) {
    let answer;
    try {
        answer = await fetch(path, options);
    } catch {
        setOnline(false);
        throw new Error(t("offline"));
    }
    setOnline(true);
    const content = await answer.json();
    if (!answer.ok) throw new Error(content.error || answer.statusText);
    return content;
}

export const get = (path) => ask(path);
export const post = (path, body = {}) =>
    ask(
        path,
        body instanceof FormData
            ? { method: "POST", body }
            : {
                  method: "POST",
                  headers: { "Content-Type": "application/json" },
                  body: JSON.stringify(body),
              },
    );
