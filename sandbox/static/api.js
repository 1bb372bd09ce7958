// Talking to the sandbox, and noticing when it is away.

import { t } from "./i18n.js";

// How far the sandbox's clock is moved, in seconds.
export const clock = { offset: 0 };

const banner = document.getElementById("offline");

export function setOnline(online) {
  banner.textContent = t("offline");
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
  ask(path, body instanceof FormData ? { method: "POST", body } : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  });

// Calls `told` for every event; `again` runs whenever the stream is (re)opened, because events may have been missed.
export function listen(person, told, again) {
  const source = new EventSource(`/sandbox/people/${person}/events`);
  source.onopen = () => { setOnline(true); again(); };
  source.onerror = () => setOnline(false);
  source.onmessage = (event) => told(JSON.parse(event.data));
  return () => source.close();
}
