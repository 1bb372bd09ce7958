// Asking for a message's menu by the right mouse button or by a finger that stays.

const HOLD_MS = 500;
const SLIP = 12;
const OWN_MENU = "a, input, video";

export function onHold(node, open) {
    let timer = 0;
    let from = null;
    const stop = () => clearTimeout(timer);

    node.addEventListener("contextmenu", (event) => {
        if (event.target.closest(OWN_MENU) || String(getSelection())) return;
        event.preventDefault();
        stop();
        open({ x: event.clientX, y: event.clientY });
    });
    // Not every phone turns a long touch into a context menu.
    node.addEventListener("pointerdown", (event) => {
        if (event.pointerType !== "touch" || event.target.closest(OWN_MENU)) return;
        from = event;
        timer = setTimeout(() => open({ x: from.clientX, y: from.clientY }), HOLD_MS);
    });
    node.addEventListener("pointermove", (event) => {
        if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > SLIP) stop();
    });
    for (const name of ["pointerup", "pointercancel"]) node.addEventListener(name, stop);
}
