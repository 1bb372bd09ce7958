// The page: who is watched, and whose screens stand side by side.

import { clock, get } from "../base/api.js";
import { el } from "../base/dom.js";
import { lang, t } from "../base/i18n.js";
import { toast } from "../base/overlays.js";
import { Pane } from "../chat/pane.js";
import { startClock } from "./clock.js";
import { PeopleBar } from "./people.js";
import { startTools } from "./tools.js";
import { startTour } from "./tour.js";

const MOST = 4;
const KEY = "sandbox-people";
const PEOPLE = "/sandbox/people?limit=40";
const AGAIN_MS = 2000;
const LOOK_MS = 5000;
const narrow = matchMedia("(max-width: 720px)");
const query = new URLSearchParams(location.search);
const stage = document.getElementById("panes");
const panes = new Map();
let everybody = [];
let isShown = () => true;
const bar = new PeopleBar(document.getElementById("people"), (person) => toggle(person));

function toggle(person, chat) {
    if (panes.has(person.id) && !narrow.matches) hide(person.id);
    else if (panes.has(person.id)) panes.get(person.id).leave();
    else {
        // A phone shows one person at a time.
        if (narrow.matches) for (const id of [...panes.keys()]) hide(id);
        if (panes.size >= MOST) {
            toast(t("tooMany"), true);
            return;
        }
        const pane = new Pane(person, chat);
        panes.set(person.id, pane);
        stage.append(pane.node);
    }
    localStorage.setItem(KEY, JSON.stringify([...panes.keys()]));
    draw();
}

// Shows somebody's chat, beside the other screens if there is room.
function visit({ person, chat }) {
    const at = bar.people.findIndex((one) => one.id === person);
    if (panes.has(person)) panes.get(person).show(chat);
    else {
        if (panes.size >= MOST) hide(panes.keys().next().value);
        toggle(bar.people[at], chat);
    }
    for (const node of [panes.get(person).node, bar.node.children[at]])
        node.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function hide(id) {
    panes.get(id).close();
    panes.delete(id);
}

function draw() {
    bar.draw(new Set(panes.keys()));
    stage.querySelector(".welcome")?.remove();
    if (!panes.size) stage.append(el("p", { class: "welcome" }, t(bar.people.length ? "pickPerson" : "noPeople")));
}

// Whoever the address names, else whoever was watched last time.
function chosen() {
    const named = query.getAll("person");
    const stored = JSON.parse(localStorage.getItem(KEY) || "[]");
    const is = (one) =>
        named.length ? named.includes(String(one.id)) || named.includes(one.username) : stored.includes(one.id);
    return bar.people.filter(is).slice(0, narrow.matches ? 1 : MOST);
}

async function begin() {
    try {
        const [people, time] = await Promise.all([get(PEOPLE), get("/clock")]);
        everybody = people;
        bar.people = people;
        clock.offset = time.offset;
    } catch {
        setTimeout(begin, AGAIN_MS);
        draw();
        return;
    }
    startClock(document.getElementById("clock"));
    const { step, product } = await startTour(visit);
    if (product) name(product);
    draw();
    const watched = chosen();
    for (const person of watched) toggle(person, query.get("chat"));
    if (!watched.length && bar.people.length) visit(step || { person: bar.people[0].id });
    setInterval(look, LOOK_MS);
}

// People may also be added by a test or a demo.
async function look() {
    const found = await get(PEOPLE).catch(() => everybody);
    if (found.length !== everybody.length) {
        everybody = found;
        bar.people = found.filter(isShown);
        draw();
    }
}

// A tour shows a product: its name stands at the top, and the people are those who speak the language of the page.
function name(product) {
    isShown = (one) => one.language_code === lang;
    bar.people = everybody.filter(isShown);
    document.title = `${product} · ${t("title")}`;
    document.getElementById("brand").replaceChildren(product, el("small", {}, ` · ${t("title")}`));
}

document.documentElement.lang = lang;
document.title = t("title");
document.getElementById("brand").textContent = t("title");
document.getElementById("panes").setAttribute("aria-label", t("screens"));
startTools(document.getElementById("tools"));
begin();
