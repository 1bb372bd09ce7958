// Polls: choosing, voting, results; a quiz shows what was right and why.

import { el, icon, textButton } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { formatted } from "../chat/format.js";

const rightOnes = (poll) =>
    poll.correct_option_ids || (poll.correct_option_id === undefined ? [] : [poll.correct_option_id]);

function kindLine(poll) {
    if (poll.is_closed) return t("pollClosed");
    if (poll.type === "quiz") return t(poll.is_anonymous ? "quizAnonymous" : "quiz");
    return t(poll.is_anonymous ? "pollAnonymous" : "pollPublic");
}

export function poll(message, talk) {
    const { poll: it } = message;
    const mine = message.votes?.[talk.me] || [];
    const done = mine.length > 0 || it.is_closed;
    const options = done ? it.options.map((one, index) => result(it, one, index, mine)) : choices(message, talk);
    const count = it.total_voter_count;
    return el(
        "div",
        { class: `poll ${done ? "done" : ""}`, role: "group", "aria-label": `${t("poll")}: ${it.question}` },
        el("div", { class: "question" }, formatted(it.question, it.question_entities, talk)),
        el("small", {}, kindLine(it)),
        el("div", { class: "options" }, ...options),
        mine.length && it.type === "quiz" ? verdict(it, mine, talk) : null,
        el(
            "small",
            { class: "total" },
            count ? t(it.type === "quiz" ? "answersCount" : "votesCount", { count }) : t("noVotes"),
        ),
    );
}

function choices(message, talk) {
    const { poll: it } = message;
    const many = it.allows_multiple_answers;
    const chosen = new Set();
    const vote = textButton(t("vote"), () => talk.vote(message, [...chosen]), "vote");
    vote.disabled = true;
    const pick = (index, button) => {
        if (!many) {
            talk.vote(message, [index]);
            return;
        }
        if (!chosen.delete(index)) chosen.add(index);
        button.setAttribute("aria-checked", String(chosen.has(index)));
        vote.disabled = !chosen.size;
    };
    const buttons = it.options.map((one, index) =>
        el(
            "button",
            {
                type: "button",
                role: many ? "checkbox" : null,
                "aria-checked": many ? "false" : null,
                class: "option",
                onclick: (event) => pick(index, event.currentTarget),
            },
            el("span", { class: many ? "box" : "ring" }),
            el("span", {}, one.text),
        ),
    );
    return many ? [...buttons, vote] : buttons;
}

function result(it, one, index, mine) {
    const share = it.total_voter_count ? Math.round((one.voter_count / it.total_voter_count) * 100) : 0;
    const chosen = mine.includes(index);
    const right = it.type === "quiz" && rightOnes(it).includes(index);
    const wrong = it.type === "quiz" && chosen && !right;
    const state = [chosen && t("yourChoice"), right && t("right"), wrong && t("wrong")].filter(Boolean).join(", ");
    const mark = right || wrong || chosen ? icon(wrong ? "cross" : "check") : null;
    return el(
        "div",
        {
            class: `result ${right ? "right" : ""} ${wrong ? "wrong" : ""} ${chosen ? "chosen" : ""}`,
            style: `--share:${share}%`,
        },
        el("span", { class: "share" }, `${share}%`),
        el("span", { class: "name" }, one.text, state ? el("span", { class: "sr" }, ` (${state})`) : null),
        mark,
        el("span", { class: "bar", "aria-hidden": "true" }),
    );
}

function verdict(it, mine, talk) {
    const right = mine.every((one) => rightOnes(it).includes(one));
    return el(
        "div",
        { class: `verdict ${right ? "right" : "wrong"}` },
        el("b", {}, t(right ? "quizRight" : "quizWrong")),
        it.explanation ? formatted(it.explanation, it.explanation_entities, talk) : null,
    );
}
