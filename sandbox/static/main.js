// The page: who is watched, the clock, and the panes.

import { clock, get, post } from "./api.js";
import { avatar, dialog, el, toast } from "./dom.js";
import { full, lang, t } from "./i18n.js";
import { nameOf } from "./message.js";
import { Pane } from "./pane.js";

const MOST = 4;
const KEY = "sandbox-people";
const PEOPLE = "/sandbox/people?limit=40";
const query = new URLSearchParams(location.search);
const panes = new Map();
const bar = document.getElementById("people");
const stage = document.getElementById("panes");
let people = [];

document.documentElement.lang = lang;
document.title = t("title");
document.getElementById("brand").textContent = t("title");
bar.setAttribute("aria-label", t("people"));

function remember() { localStorage.setItem(KEY, JSON.stringify([...panes.keys()])); }

function toggle(person, chat) {
  if (panes.has(person.id)) { panes.get(person.id).close(); panes.delete(person.id); }
  else if (panes.size >= MOST) { toast(t("tooMany"), true); return; }
  else {
    const pane = new Pane(person, chat);
    panes.set(person.id, pane);
    stage.append(pane.node);
  }
  remember();
  draw();
}

function draw() {
  const chips = people.map((person) => el("button", {
    class: "chip", type: "button", "aria-pressed": String(panes.has(person.id)), onclick: () => toggle(person),
  }, avatar(person.first_name, person.id), nameOf(person)));
  bar.replaceChildren(...chips, el("button", { class: "chip add", type: "button", onclick: addPerson }, `+ ${t("addPerson")}`));
  stage.querySelector(".welcome")?.remove();
  if (!panes.size) stage.append(el("p", { class: "welcome" }, t(people.length ? "pickPerson" : "noPeople")));
}

function addPerson() {
  const field = (label, input) => el("label", { class: "field" }, label, input);
  const first = el("input", { required: true, maxlength: "64", name: "first_name" });
  const last = el("input", { maxlength: "64", name: "last_name" });
  const language = el("select", {}, ...["ru", "en"].map((code) => el("option", { value: code, selected: code === lang }, code)));
  const form = el("form", { onsubmit: save }, field(t("firstName"), first), field(t("lastName"), last), field(t("language"), language),
    el("div", { class: "row" }, el("button", { class: "small", type: "button", onclick: () => box.close() }, t("cancel")), el("button", { class: "primary" }, t("add"))));
  const box = dialog(t("addPerson"), "", form);

  async function save(event) {
    event.preventDefault();
    try {
      const person = await post("/sandbox/people", { first_name: first.value.trim(), last_name: last.value.trim(), language_code: language.value });
      box.close();
      people.push(person);
      toggle(person);
    } catch (error) { toast(error.message, true); }
  }
}

function drawClock() {
  const now = new Date(Date.now() + clock.offset * 1000);
  const move = (label, seconds) => el("button", { class: "small", type: "button", onclick: () => moveClock({ advance: seconds }) }, label);
  document.getElementById("clock").replaceChildren(
    el("time", { datetime: now.toISOString() }, full(now)), move(t("hour"), 3600), move(t("day"), 86400),
    ...(Math.abs(clock.offset) > 1 ? [el("button", { class: "small", type: "button", title: t("moved"), onclick: () => moveClock({ offset: 0 }) }, t("realTime"))] : []));
}

async function moveClock(body) {
  try { clock.offset = (await post("/clock", body)).offset; drawClock(); } catch (error) { toast(error.message, true); }
}

async function begin() {
  try {
    [people, { offset: clock.offset }] = await Promise.all([get(PEOPLE), get("/clock")]);
  } catch { setTimeout(begin, 2000); draw(); drawClock(); return; }
  drawClock();
  const wanted = query.getAll("person");
  const stored = JSON.parse(localStorage.getItem(KEY) || "[]");
  const chosen = people.filter((one) => (wanted.length ? wanted.includes(String(one.id)) || wanted.includes(one.username) : stored.includes(one.id)));
  draw();
  for (const person of (chosen.length ? chosen : people.slice(0, 1)).slice(0, MOST)) toggle(person, query.get("chat"));
}

addEventListener("clock-moved", (event) => { if ("offset" in event.detail) { clock.offset = event.detail.offset; drawClock(); } });
setInterval(() => { if (!document.activeElement?.closest?.("#clock")) drawClock(); }, 15000);
// People may also be added by a test or a demo.
setInterval(async () => {
  const found = await get(PEOPLE).catch(() => people);
  if (found.length !== people.length) { people = found; draw(); }
}, 5000);
begin();
