// The page of a course's question inside Telegram: its theme, its signed data, one answer sent back.

const body = document.body;
const words = JSON.parse(body.dataset.words);
const form = document.getElementById("form");
const notice = document.getElementById("notice");
const given = new URLSearchParams(location.hash.slice(1));
const OVER = 409;
const PATIENCE = 20000; // ms

// Telegram's clients listen in one of three ways.
function tell(type, data = {}) {
    const text = JSON.stringify(data);
    if (window.TelegramWebviewProxy) window.TelegramWebviewProxy.postEvent(type, text);
    else if (window.external && "notify" in window.external)
        window.external.notify(JSON.stringify({ eventType: type, eventData: data }));
    else if (window.parent !== window)
        window.parent.postMessage(JSON.stringify({ eventType: type, eventData: data }), "*");
}

function dress(theme) {
    for (const [name, value] of Object.entries(theme || {}))
        if (/^[a-z_]+$/.test(name) && /^#[0-9a-f]{6}$/i.test(value))
            document.documentElement.style.setProperty(`--tg-${name.replaceAll("_", "-")}`, value);
}

function parsed(text) {
    try {
        return JSON.parse(text);
    } catch {
        return null;
    }
}

function show(state, text) {
    body.dataset.state = state;
    notice.textContent = text;
    if (state !== "sending") notice.focus();
}

async function send(answer) {
    const response = await fetch(body.dataset.answers, {
        method: "POST",
        headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang },
        body: JSON.stringify({ ref: body.dataset.ref, initData: given.get("tgWebAppData"), answer }),
        signal: AbortSignal.timeout(PATIENCE),
    });
    return { status: response.status, ...(await response.json()) };
}

async function submit(event) {
    event.preventDefault();
    const answer = String(new FormData(form).get("answer") || "").trim();
    if (!answer) {
        show("error", words.empty);
        form.querySelector("[name=answer]").focus();
        return;
    }
    const button = document.getElementById("send");
    button.disabled = true;
    form.setAttribute("aria-busy", "true");
    show("sending", words.sending);
    try {
        const { ok, status, message } = await send(answer);
        const state = ok ? "sent" : status === OVER ? "over" : "error";
        show(state, message || words.offline);
    } catch {
        show("error", words.offline);
    }
    form.removeAttribute("aria-busy");
    button.disabled = false;
}

dress(parsed(given.get("tgWebAppThemeParams")));
addEventListener("message", ({ source, data }) => {
    if (source !== window.parent) return;
    const heard = typeof data === "string" ? parsed(data) : data;
    if (heard?.eventType === "theme_changed") dress(heard.eventData?.theme_params);
});
tell("iframe_ready");
tell("web_app_ready");
tell("web_app_expand");
if (form && given.get("tgWebAppData")) form.addEventListener("submit", submit);
else if (form) {
    form.addEventListener("submit", (event) => event.preventDefault());
    document.getElementById("send").disabled = true;
    notice.textContent = words.outside;
}
