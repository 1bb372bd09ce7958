// The guided tour: what to do next, as whom and where. It moves on by itself as things happen in the chats.

import { get, post } from "../base/api.js";
import { el, iconButton, textButton } from "../base/dom.js";
import { lang, t } from "../base/i18n.js";
import { learn } from "../base/names.js";
import { toast } from "../base/overlays.js";

const KEY = "sandbox-tour";
const HIDDEN = "hidden";
const LOOK_MS = 1000;
let visit = () => undefined;
let product = "";
let steps = [];
let done = -1;

const place = el("small");
const text = el("span", { class: "tour-text" });
const go = textButton(t("tourGo"), () => visit(steps[done]), "small strong");
const next = textButton(t("tourSkip"), skip, "tour-skip");
const bar = el("progress", { "aria-hidden": "true" });
const panel = el(
    "section",
    { class: "tour", "aria-label": t("tour"), hidden: true },
    bar,
    el("p", { role: "status" }, place, text),
    go,
    next,
    iconButton("close", t("tourHide"), () => setHidden(true)),
);
const pill = textButton("", () => setHidden(false), "small tour-pill");

// Shows the panel if there is a tour; `open` shows a step's chat. Gives the step to be done, null if there is none, and
// the name of the product that is shown.
export async function startTour(open) {
    visit = open;
    pill.hidden = true;
    document.getElementById("panes").before(panel);
    document.getElementById("tools").before(pill);
    await look();
    setInterval(() => {
        if (document.visibilityState === "visible" && steps[done]) look();
    }, LOOK_MS);
    return { step: steps[done] || null, product };
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
    ({ steps, done, product } = found);
    learn(found.names);
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
    pill.textContent = t("tourShow", { done, count });
    bar.max = count;
    bar.value = done;
    place.textContent = step ? `${t("tourStep", { number: done + 1, count })} · ${t("tourPlace", step)}` : t("tour");
    text.textContent = step ? step.text : t("tourEnd");
    go.hidden = next.hidden = !step;
}
