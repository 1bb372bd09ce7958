// Trouble on purpose: what goes wrong between the bots and the sandbox, and how often.

import { get, post } from "../base/api.js";
import { el } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { overlay, toast } from "../base/overlays.js";

const LOOK_MS = 5000;
const RATES = [0.1, 0.3, 1];
const rule = (kind, more = {}) => ({ kind, ...more });
const PLANS = {
    none: () => ({}),
    busy: (rate) => ({ rules: [rule("429", { rate, retry_after: 3 })] }),
    broken: (rate) => ({ rules: [rule("502", { rate })] }),
    lost: (rate) => ({ rules: [rule("timeout_after", { rate, delay: 5 })] }),
    cut: (rate) => ({ rules: [rule("reset_before", { rate: rate / 2 }), rule("reset_after", { rate: rate / 2 })] }),
    slow: (rate) => ({ rules: [rule("slow", { rate, delay: 3 })] }),
    twice: (rate) => ({ duplicate_updates: rate, reorder_updates: rate }),
    all: (rate) => ({
        rules: ["429", "500", "502", "reset_before", "reset_after"].map((kind) => rule(kind, { rate: rate / 5 })),
        duplicate_updates: rate,
        reorder_updates: rate,
    }),
};

let told = () => undefined;
let plan = "none";
let rate = RATES[1];

export function watchFaults(tell) {
    told = tell;
    const look = async () => {
        const found = await get("/sandbox/faults").catch(() => null);
        if (found) tell(isActive(found));
    };
    look();
    setInterval(look, LOOK_MS);
}

const isActive = (faults) => Boolean(faults.rules.length || faults.duplicate_updates || faults.reorder_updates);

export async function showFaults() {
    const found = await get("/sandbox/faults").catch((error) => {
        toast(error.message, true);
        return null;
    });
    if (!found) return;
    if (!isActive(found)) plan = "none";
    const struck = found.rules.reduce((sum, one) => sum + one.used, 0);
    const radio = (name, value, label, checked, pick) =>
        el(
            "label",
            { class: "choice" },
            el("input", {
                type: "radio",
                name,
                value,
                checked,
                onchange: () => {
                    pick();
                    apply();
                },
            }),
            el("span", {}, label),
        );
    const plans = el(
        "fieldset",
        {},
        el("legend", {}, t("faultsWhat")),
        ...Object.keys(PLANS).map((name) =>
            radio("plan", name, t(`fault_${name}`), name === plan, () => {
                plan = name;
            }),
        ),
    );
    const rates = el(
        "fieldset",
        { class: "inline" },
        el("legend", {}, t("faultsHowOften")),
        ...RATES.map((value) =>
            radio("rate", value, t("percent", { value: value * 100 }), value === rate, () => {
                rate = value;
            }),
        ),
    );
    overlay(document.body, {
        title: t("faults"),
        content: [
            el("p", { class: "hint" }, t("faultsHint")),
            plans,
            rates,
            struck ? el("p", { class: "hint" }, t("faultsStruck", { count: struck })) : null,
        ].filter(Boolean),
    });
}

async function apply() {
    try {
        told(isActive(await post("/sandbox/faults", PLANS[plan](rate))));
    } catch (error) {
        toast(error.message, true);
    }
}
