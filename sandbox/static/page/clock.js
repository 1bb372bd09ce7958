// The sandbox's clock: what it shows, and moving it on.

import { clock, now, post } from "../base/api.js";
import { el, textButton } from "../base/dom.js";
import { full, t, weekday } from "../base/i18n.js";
import { toast } from "../base/overlays.js";

const HOUR = 3600;
const DAY = 24 * HOUR;
const REDRAW_MS = 10_000;

export function startClock(node) {
  const face = el("time");
  const reset = textButton(t("realTime"), () => move({ offset: 0 }));
  reset.title = t("moved");
  node.setAttribute("role", "group");
  node.setAttribute("aria-label", t("clock"));
  node.replaceChildren(face, textButton(t("hour"), () => move({ advance: HOUR })), textButton(t("day"), () => move({ advance: DAY })), reset);

  function draw() {
    face.textContent = weekday(now());
    face.title = full(now());
    face.dateTime = new Date(now() * 1000).toISOString();
    reset.hidden = Math.abs(clock.offset) < 1;
    node.classList.toggle("moved", !reset.hidden);
  }

  async function move(body) {
    try {
      clock.offset = (await post("/clock", body)).offset;
      draw();
      toast(t("itIs", { time: full(now()) }));
    } catch (error) { toast(error.message, true); }
  }

  addEventListener("clock-moved", (event) => { clock.offset = event.detail.offset; draw(); });
  setInterval(draw, REDRAW_MS);
  draw();
}
