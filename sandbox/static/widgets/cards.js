// Small things in messages: a contact, a place, a die, and what has no picture of its own.

import { avatar, el, icon } from "../base/dom.js";
import { t } from "../base/i18n.js";
import { nameOf } from "../page/people.js";

function contact({ contact: one }) {
    const name = nameOf(one);
    return el(
        "div",
        { class: "card contact" },
        avatar(name, one.phone_number),
        el("span", {}, el("b", {}, name), el("small", {}, one.phone_number)),
    );
}

function place(message) {
    const spot = message.venue?.location || message.location;
    const words = `${spot.latitude.toFixed(5)}, ${spot.longitude.toFixed(5)}`;
    return el(
        "div",
        { class: "card place" },
        el(
            "span",
            {
                class: "map",
                role: "img",
                "aria-label": `${t("location")}: ${words}`,
                style: `--x:${(spot.longitude * 137) % 40}px;--y:${(spot.latitude * 91) % 40}px`,
            },
            icon("pin"),
        ),
        el(
            "span",
            {},
            el("b", {}, message.venue?.title || t("location")),
            el("small", {}, message.venue?.address || words),
        ),
    );
}

function dice({ dice: one }) {
    return el(
        "div",
        { class: "dice", role: "img", "aria-label": `${t("dice")} ${one.emoji}: ${one.value}` },
        el("span", {}, one.emoji),
        el("b", {}, String(one.value)),
    );
}

const other = (name) => () => el("div", { class: "card" }, icon("file"), el("b", {}, t(name)));
const makers = {
    contact,
    venue: place,
    location: place,
    dice,
    game: ({ game }) =>
        el(
            "div",
            { class: "card" },
            icon("dice"),
            el("span", {}, el("b", {}, game.title), el("small", {}, game.description)),
        ),
    checklist: ({ checklist }) =>
        el(
            "div",
            { class: "card list-card" },
            el("b", {}, checklist.title),
            el("ul", {}, ...checklist.tasks.map((task) => el("li", {}, task.text))),
        ),
    story: other("story"),
    paid_media: other("paid_media"),
};

export function card(message) {
    const name = Object.keys(makers).find((field) => message[field]);
    return name ? makers[name](message) : null;
}
