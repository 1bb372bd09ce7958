// The guided tour: what to do next, as whom and where. It moves on by itself as things happen in the chats.

import { get, post } from "../base/api.js";
import { el, iconButton, textButton } from "../base/dom.js";
import { lang, t } from "../base/i18n.js";
import { toast } from "../base/overlays.js";

const KEY = "sandbox-tour";
const HIDDEN = "hidden";
const LOOK_MS = 1000;
const words = {
    en: {
        tour: "Tour",
        go: "Show me",
        skip: "Skip",
        hide: "Hide the tour",
        show: "Tour: {done} of {count}",
        step: "Step {number} of {count}",
        place: "as {name} in “{title}”",
        end: "That was the tour. Everything stays as it is: look around, or play on as anybody.",
    },
    ru: {
        tour: "Экскурсия",
        go: "Показать",
        skip: "Пропустить",
        hide: "Скрыть экскурсию",
        show: "Экскурсия: {done} из {count}",
        step: "Шаг {number} из {count}",
        place: "{name}, чат «{title}»",
        end: "Это была вся экскурсия. Всё останется как есть: осмотритесь или продолжайте за кого угодно.",
    },
}[lang];

let visit = () => undefined;
let steps = [];
let done = -1;

const place = el("small");
const text = el("span", { class: "tour-text" });
const go = textButton(words.go, () => visit(steps[done]), "small strong");
const next = textButton(words.skip, skip, "tour-skip");
const bar = el("progress", { "aria-hidden": "true" });
const panel = el(
    "section",
    { class: "tour", "aria-label": words.tour, hidden: true },
    bar,
    el("p", { role: "status" }, place, text),
    go,
    next,
    iconButton("close", words.hide, () => setHidden(true)),
);
const pill = textButton("", () => setHidden(false), "small tour-pill");

// Shows the panel if there is a tour; `open` shows a step's chat. Gives the step to be done, null if there is none.
export async function startTour(open) {
    visit = open;
    pill.hidden = true;
    document.getElementById("panes").before(panel);
    document.getElementById("tools").before(pill);
    await look();
    setInterval(() => {
        if (document.visibilityState === "visible" && steps[done]) look();
    }, LOOK_MS);
    return steps[done] || null;
}

async function look() {
    take(await get(`/sandbox/tour?lang=${lang}`).catch(() => null));
}

async function skip() {
    try {
        take(await post("/sandbox/tour/skip", { lang }));
    } catch (error) {
        toast(error.message, true);
    }
}

function take(found) {
    if (!found || (found.done === done && found.steps.length === steps.length)) return;
    ({ steps, done } = found);
    draw();
}

function setHidden(hidden) {
    localStorage.setItem(KEY, hidden ? HIDDEN : "");
    draw();
    (hidden ? pill : panel.querySelector("button:not([hidden])")).focus();
}

function draw() {
    const step = steps[done];
    const count = steps.length;
    const isHidden = localStorage.getItem(KEY) === HIDDEN;
    panel.hidden = !count || isHidden;
    pill.hidden = !count || !isHidden;
    pill.textContent = t(words.show, { done, count });
    bar.max = count;
    bar.value = done;
    place.textContent = step ? `${t(words.step, { number: done + 1, count })} · ${t(words.place, step)}` : words.tour;
    text.textContent = step ? step.text : words.end;
    go.hidden = next.hidden = !step;
}
