// The sandbox's clock: what it shows, and moving it on.

import { clock, now, post } from "../base/api.js";
import { el, textButton } from "../base/dom.js";
import { full, t, weekday } from "../base/i18n.js";
import { toast } from "../base/overlays.js";

const HOUR = 3600;
const DAY = 24 * HOUR;
const REDRAW_MS = 10_000;

export const isMoved = () => Math.abs(clock.offset) >= 1;
export const resetClock = () => moveClock({ offset: 0 });

async function moveClock(body) {
    try {
        dispatchEvent(new CustomEvent("clock-moved", { detail: await post("/clock", body) }));
        toast(t("itIs", { time: full(now()) }));
    } catch (error) {
        toast(error.message, true);
    }
}

export function startClock(node) {
    const face = el("time");
    const reset = textButton(t("realTime"), resetClock, "small reset");
    reset.title = t("moved");
    node.setAttribute("role", "group");
    node.setAttribute("aria-label", t("clock"));
    node.replaceChildren(
        face,
        textButton(t("hour"), () => moveClock({ advance: HOUR })),
        textButton(t("day"), () => moveClock({ advance: DAY })),
        reset,
    );

    function draw() {
        face.textContent = weekday(now());
        face.title = full(now());
        face.dateTime = new Date(now() * 1000).toISOString();
        reset.hidden = !isMoved();
        node.classList.toggle("moved", !reset.hidden);
    }

    addEventListener("clock-moved", (event) => {
        clock.offset = event.detail.offset;
        draw();
    });
    setInterval(draw, REDRAW_MS);
    draw();
}
