// The bar of people: pressing one shows or hides their screen, the last button adds somebody.

import { post } from "../base/api.js";
import { avatar, el, icon, reconcile } from "../base/dom.js";
import { rove, settle } from "../base/focus.js";
import { lang, t } from "../base/i18n.js";
import { overlay, toast } from "../base/overlays.js";

const LANGUAGES = { ru: "Русский", en: "English" };

export const nameOf = (user) =>
    user ? [user.first_name, user.last_name].filter(Boolean).join(" ") || t("deletedAccount") : "";

const lastOf = (person) => (person.last_name ? ` ${person.last_name}` : "");

export class PeopleBar {
    constructor(node, choose) {
        this.node = node;
        this.choose = choose;
        this.people = [];
        node.setAttribute("aria-label", t("people"));
        rove(node, "button");
    }

    draw(watched) {
        const add = { key: "add", shape: "add", make: () => this.addButton() };
        reconcile(this.node, [...this.people.map((person) => this.chip(person, watched.has(person.id))), add]);
        const chosen = this.node.querySelector("[aria-pressed=true]");
        settle(this.node, "button", chosen || this.node.lastElementChild);
        chosen?.scrollIntoView({ block: "nearest", inline: "center" });
    }

    chip(person, pressed) {
        const make = () =>
            el(
                "button",
                {
                    class: "chip",
                    type: "button",
                    "aria-pressed": String(pressed),
                    onclick: () => this.choose(person),
                },
                avatar(person.first_name, person.id),
                el("span", { class: "who" }, person.first_name, el("span", { class: "last" }, lastOf(person))),
            );
        return { key: String(person.id), shape: `${nameOf(person)} ${pressed}`, make };
    }

    addButton() {
        const label = { "aria-label": t("addPerson"), title: t("addPerson") };
        return el("button", { class: "chip add", type: "button", ...label, onclick: () => this.add() }, icon("plus"));
    }

    add() {
        const field = (label, input) => el("label", { class: "field" }, label, input);
        const first = el("input", { required: true, maxlength: "64", name: "first_name", autocomplete: "off" });
        const last = el("input", { maxlength: "64", name: "last_name", autocomplete: "off" });
        const language = el(
            "select",
            { name: "language" },
            ...Object.entries(LANGUAGES).map(([code, name]) =>
                el("option", { value: code, selected: code === lang }, name),
            ),
        );
        const save = async (event) => {
            event.preventDefault();
            try {
                const person = await post("/sandbox/people", {
                    first_name: first.value.trim(),
                    last_name: last.value.trim(),
                    language_code: language.value,
                });
                card.close();
                this.people.push(person);
                this.choose(person);
            } catch (error) {
                toast(error.message, true);
            }
        };
        const form = el(
            "form",
            { onsubmit: save },
            field(t("firstName"), first),
            field(t("lastName"), last),
            field(t("language"), language),
            el("div", { class: "row" }, el("button", { class: "primary" }, t("add"))),
        );
        const card = overlay(document.body, { title: t("addPerson"), content: [form] });
    }
}
