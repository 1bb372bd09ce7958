"""The wizards of lists over their rooms: tariffs, promo codes, shared buttons, values of a bot's texts."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.db.session import UnitOfWork
from core.flow.definition import FlowKind
from core.lifecycle import BotKind
from core.money import write_money
from core.text.message import localize
from core.text.refusal import InputRefused, Refused, listed, words
from core.text.template import BUILT_IN
from core.wizard.catalogue import Catalogue, Do, Listed, ListWorld, Save
from core.wizard.offers import BUTTONS, PROMO, RIGHTS, TARIFF, VALUES, show_right
from core.wizard.screen import Talk, label, lines
from services.commerce.catalog import tariffs as catalog
from services.commerce.catalog.plans import write_keys
from services.commerce.promo import codes
from services.commerce.promo.codes import Draft
from services.commerce.schemas import Promo, Tariff
from services.content import flows
from services.content.files.tariff_files import CODE, TariffSpec, read_tariffs
from services.content.importing.slugs import make_slug
from services.content.messages import bot_values, button_sets
from services.tenancy.permissions import Permission
from services.workflows.desk.flow_desk import list_places
from services.workflows.desk.talks import Author, Wizard, require
from services.workflows.installing import change_tariff, sell_tariffs
from services.workflows.promo_entry import describe_off

SENT_HERE = Path("tariff")
MOST_NUMBERED = 1000
Load = Callable[[UnitOfWork, Author, Talk], Awaitable[ListWorld]]
Keep = Callable[[UnitOfWork, Author, Talk, Save], Awaitable[Talk]]
Follow = Callable[[UnitOfWork, Author, Talk, Do], Awaitable[Talk]]


async def load_tariffs(uow: UnitOfWork, author: Author, talk: Talk) -> ListWorld:
    """The tariffs of courses, and what one may open."""
    del talk
    language = author.contact.language
    names = await name_courses(uow, language)
    there = await catalog.list_all(uow)
    rights = {right for tariff, _ in there for right in tariff.rights}
    return ListWorld(
        tuple(_list_tariff(tariff, groups, names, language) for tariff, groups in there),
        language,
        BUILT_IN,
        await list_places(uow, BotKind.SALES),
        tuple(names.values()),
        rights=tuple(dict.fromkeys([*RIGHTS, *sorted(rights)])),
    )


async def name_courses(uow: UnitOfWork, language: str) -> Mapping[int, tuple[str, str]]:
    """The published courses by their number: what links call them, and their names."""
    named = {}
    for flow in await flows.list_flows(uow):
        if flow.kind == FlowKind.COURSE and flow.versions:
            version = await flows.get_latest_version(uow, flow.id)
            named[flow.id] = (flow.slug, localize(version.flow.name, language))
    return named


def _list_tariff(tariff: Tariff, groups: Any, names: Mapping[int, tuple[str, str]], language: str) -> Listed:
    name = localize(tariff.name, language)
    state = words("wizard-tariff-on" if tariff.is_active else "wizard-tariff-off")
    shown = {"money": tariff.price, "currency": tariff.currency}
    text = lines(
        words("wizard-tariff", name=name, code=tariff.code, price=shown, state=state),
        words("wizard-tariff-rights", rights=listed(map(show_right, tariff.rights), ", "))
        if tariff.rights
        else None,
        words("wizard-tariff-groups", number=len(groups)) if groups else None,
    )
    act = "stop" if tariff.is_active else "sell"
    course = names.get(tariff.flow_id)
    values = _tariff_values(tariff, list(groups), course[0], language) if course else None
    sign = words("wizard-tariff-line", name=label(name), price=shown, state=state)
    return Listed(tariff.code, sign, text, values, act)


def _tariff_values(tariff: Tariff, groups: list[int], course: str, language: str) -> Mapping[str, Any]:
    keys = write_keys(tariff.plan)
    values = {
        "course": course,
        "name": localize(tariff.name, language),
        "currency": tariff.currency,
        "price": write_money(tariff.price, tariff.currency),
        "period": keys["period"] or "once",
        "trial": keys["trial"],
        "instalments": keys["instalments"],
        "rights": list(tariff.rights) or None,
        "groups": groups or None,
        "description": localize(tariff.description, language) or None,
    }
    return {name: value for name, value in values.items() if value is not None}


async def save_tariff(uow: UnitOfWork, author: Author, talk: Talk, wish: Save) -> Talk:
    """Put it on sale, by the use case of a tariff's file; raises TARIFFS_INVALID with what is wrong with it."""
    values, language = wish.values, author.contact.language
    known = await catalog.find_by_code(uow, wish.target) if wish.target else None
    document: dict[str, Any] = {
        "code": wish.target or await _find_code(uow, str(values["name"])),
        "course": values["course"],
        "name": _in_language(known.name if known else None, values["name"], language),
        "price": values["price"],
        "currency": values["currency"],
        "rights": values.get("rights") or [],
        "groups": values.get("groups") or [],
    }
    if values.get("description"):
        document["description"] = _in_language(
            known.description if known else None, values["description"], language
        )
    if values.get("instalments"):
        document["instalments"] = values["instalments"]
    elif values.get("period") not in {None, "once"}:
        document |= {"period": values["period"]} | ({"trial": values["trial"]} if values.get("trial") else {})
    await _sell(uow, _read_one(document), known)
    return talk


def _read_one(document: Mapping[str, Any]) -> TariffSpec:
    specs, problems = read_tariffs([document])
    if problems:
        raise InputRefused("TARIFFS_INVALID", listed(problems, "\n"))
    return specs[0]


async def _sell(uow: UnitOfWork, spec: TariffSpec, known: Tariff | None) -> None:
    if known is None:
        await sell_tariffs(uow, [spec], SENT_HERE, first=len(await catalog.list_all(uow)))
    else:
        await change_tariff(uow, spec, known)


def _in_language(former: Mapping[str, str] | None, text: str, language: str) -> str | dict[str, str]:
    named = {tongue: said for tongue, said in (former or {}).items() if said}
    if not named or named.keys() == {"*"}:
        return text
    return {**named, language if language in named else next(iter(named)): text}


async def _find_code(uow: UnitOfWork, name: str) -> str:
    """A code of a tariff that none has, from its name."""
    bare = make_slug(name).lower().replace("-", "_")
    bare = bare if CODE.fullmatch(bare[:20]) else "tariff"
    taken = {tariff.code for tariff, _ in await catalog.list_all(uow)}
    numbered = (f"{bare[:20]}_{number}" for number in range(2, MOST_NUMBERED))
    return next(code for code in (bare[:24], *numbered) if code not in taken)


async def steer_tariff(uow: UnitOfWork, author: Author, talk: Talk, wish: Do) -> Talk:
    """Sell it no more, or again as it is."""
    if wish.act == "stop":
        await catalog.stop_selling(uow, wish.target)
        return replace(talk, note=words("wizard-tariff-stopped"))
    world = await load_tariffs(uow, author, talk)
    known = world.find(wish.target)
    if known is None or known.values is None:
        raise Refused("wizard-tariff-product")
    talk = await save_tariff(uow, author, talk, Save(wish.target, known.values))
    return replace(talk, note=words("wizard-saved"))


async def load_promos(uow: UnitOfWork, author: Author, talk: Talk) -> ListWorld:
    """The promo codes, and the tariffs one may be for; raises ROLE_NEEDED for who has no say in money any more."""
    del talk
    await require(uow, author, Permission.MONEY)
    language = author.contact.language
    there = [_list_promo(promo, used, language) for promo, used in await codes.list_codes(uow)]
    on_sale = await catalog.list_tariffs(uow)
    named = tuple((tariff.code, localize(tariff.name, language)) for tariff in on_sale)
    return ListWorld(tuple(there), language, BUILT_IN, tariffs=named)


def _list_promo(promo: Promo, used: int, language: str) -> Listed:
    state = words("wizard-promo-on" if promo.is_active else "wizard-promo-off")
    sign = words("wizard-promo-line", code=promo.code, off=describe_off(promo, language), state=state)
    text = lines(sign, words("wizard-promo-used", number=used, taken=promo.taken))
    return Listed(str(promo.id), sign, text, None, "end" if promo.is_active else "")


async def save_promo(uow: UnitOfWork, author: Author, talk: Talk, wish: Save) -> Talk:
    """Make the code; raises PROMO_INVALID, PROMO_KNOWN."""
    values = wish.values
    draft = Draft(
        code=str(values["code"]),
        taken_off=str(values["off"]),
        limit=values.get("limit") or "",
        per_person=values.get("per_person") or "",
        until=values.get("until") or "",
        tariffs=tuple(values.get("tariffs") or ()),
        zone=author.contact.zone,
    )
    await codes.add_code(uow, draft)
    return talk


async def stop_promo(uow: UnitOfWork, author: Author, talk: Talk, wish: Do) -> Talk:
    """Let it count no more."""
    del author
    await codes.stop_code(uow, (await codes.get_by_id(uow, int(wish.target))).code)
    return replace(talk, note=words("wizard-promo-stopped"))


async def load_buttons(uow: UnitOfWork, author: Author, talk: Talk) -> ListWorld:
    """The sets of buttons."""
    del talk
    sets = await button_sets.list_button_sets(uow)
    variables = frozenset((await bot_values.know_values(uow)).variables)
    return ListWorld(
        tuple(_list_set(name, rows) for name, rows in sets.items()), author.contact.language, variables
    )


def _list_set(name: str, rows: Any) -> Listed:
    dumped = [[button.model_dump(mode="json", exclude_defaults=True) for button in row] for row in rows]
    values = {"name": name, "buttons": {"rows": dumped}}
    field = BUTTONS.form.field("buttons")
    return Listed(name, label(name), lines(label(name), field.show(values["buttons"], None)), values)


async def save_buttons(uow: UnitOfWork, author: Author, talk: Talk, wish: Save) -> Talk:
    """Have these buttons under this name; messages that name the set show them from now on."""
    del author
    name = wish.target or str(wish.values["name"])
    await button_sets.put_button_sets(uow, {name: wish.values["buttons"]["rows"]})
    return talk


async def load_values(uow: UnitOfWork, author: Author, talk: Talk) -> ListWorld:
    """The values of the texts of the bot they are in."""
    del talk
    there = await bot_values.list_values(uow, author.to.bot_id)
    return ListWorld(
        tuple(_list_value(name, value) for name, value in sorted(there.items())), author.contact.language
    )


def _list_value(name: str, value: str) -> Listed:
    text = words("wizard-value", name=f"{{{{bot.{name}}}}}", value=value)
    return Listed(name, label(f"{name} = {value}"), text, {"name": name, "value": value}, "drop")


async def save_value(uow: UnitOfWork, author: Author, talk: Talk, wish: Save) -> Talk:
    """Give the bot the value; under another name it is another value."""
    await bot_values.set_value(uow, author.to.bot_id, str(wish.values["name"]), str(wish.values["value"]))
    return talk


async def drop_value(uow: UnitOfWork, author: Author, talk: Talk, wish: Do) -> Talk:
    """Take the value away."""
    await bot_values.drop_value(uow, author.to.bot_id, wish.target)
    return replace(talk, note=words("wizard-dropped"))


async def _never(uow: UnitOfWork, author: Author, talk: Talk, wish: Do) -> Talk:
    """Sets of buttons stay: messages name them."""
    del uow, author, wish
    return talk


def _build(catalogue: Catalogue, load: Load, keep: Keep, follow: Follow = _never) -> Wizard:
    return Wizard(
        press=catalogue.press,
        write=catalogue.write,
        show=catalogue.show,
        load=load,
        acts={Save: keep, Do: follow},
        anew=lambda _: catalogue.open(),
        name=catalogue.name,
    )


DESKS: Mapping[str, Wizard] = {
    TARIFF.kind: _build(TARIFF, load_tariffs, save_tariff, steer_tariff),
    PROMO.kind: _build(PROMO, load_promos, save_promo, stop_promo),
    BUTTONS.kind: _build(BUTTONS, load_buttons, save_buttons),
    VALUES.kind: _build(VALUES, load_values, save_value, drop_value),
}
