"""`/promos`: the promo codes, a new one, and an end to one."""

from dataclasses import replace

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.lifecycle import BotKind
from core.links import bot_link
from core.presses import Press, PressKind
from core.rules.deep_link import promo_link
from core.text.refusal import InputRefused
from services.commerce.partners.referrals import become_partner
from services.commerce.promo import codes
from services.commerce.promo.codes import Draft
from services.commerce.schemas import Promo
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.contacts import find_by_name
from services.tenancy.bots import get_bot
from services.tenancy.permissions import Permission
from services.workflows.promo_entry import describe_off

STOP = PressKind.PROMO_STOP  # code
MOST_SHOWN = 20
OPTIONS = ("limit", "per", "from", "until", "tariff", "partner")


async def promos(_: Message, command: CommandObject, ctx: Context) -> None:
    """List the promo codes with their links and how often they were used; a button stops one.

    `/promos SUMMER 20% limit=100 per=1 until=2030-08-31 tariff=basic` makes one: a part, a sum like `500.00`, or `free`;
    dates are those of your own clock.
    """
    await _answer(ctx, command)


COMMANDS = (AdminCommand("promos", promos, Section.MONEY, "SUMMER 20% limit=100"),)


def build_buttons() -> Router:
    """The button below a code."""
    router = admin_router("admin-promos", Permission.MONEY)

    @router.callback_query(Pressed(STOP))
    async def stop(query: CallbackQuery, ctx: Context, press: Press) -> None:
        promo = await codes.get_by_id(ctx.uow, int(press.id))
        await codes.stop_code(ctx.uow, promo.code)
        redraw(ctx, query, *await _list(ctx))

    return router


async def _answer(ctx: Context, command: CommandObject) -> None:
    words = read_words(command)
    if not words:
        ctx.only_looked = True
        text, buttons = await _list(ctx)
        speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)
        return
    options = {name: value for name, _, value in (word.partition("=") for word in words[2:])}
    if len(words) == 1 or not set(options) <= set(OPTIONS):
        ctx.refuse("promos-usage")
        return
    draft = _read_draft(ctx, words, options)
    if "partner" in options:
        person = await find_by_name(ctx.uow, options["partner"])
        if person is None:
            ctx.refuse("admin-unknown", name=options["partner"])
            return
        draft = replace(draft, partner_id=(await become_partner(ctx.uow, person.id)).id)
    await _add(ctx, draft)


def _read_draft(ctx: Context, words: list[str], options: dict[str, str]) -> Draft:
    return Draft(
        code=words[0],
        taken_off=words[1],
        limit=options.get("limit", ""),
        per_person=options.get("per", ""),
        starts=options.get("from", ""),
        until=options.get("until", ""),
        tariffs=tuple(filter(None, options.get("tariff", "").split(","))),
        zone=ctx.contact.zone,
    )


async def _add(ctx: Context, draft: Draft) -> None:
    try:
        made = await codes.add_code(ctx.uow, draft)
    except InputRefused as refusal:
        wrong = speech.words("promos-wrong", problem=refusal.words)
        text, ctx.only_looked = speech.lines(wrong, speech.words("promos-usage")), True
        speech.say(ctx.uow, ctx.address, text, ctx.next_key())
        return
    line = await _line(ctx, made, 0)
    speech.say(ctx.uow, ctx.address, speech.lines(speech.words("promos-made"), line), ctx.next_key())


async def _list(ctx: Context) -> tuple[Words, Keyboard]:
    found_codes = await codes.list_codes(ctx.uow)
    if not found_codes:
        return speech.words("promos-none"), []
    lines = [await _line(ctx, promo, used) for promo, used in found_codes[:MOST_SHOWN]]
    live = [promo for promo, _ in found_codes[:MOST_SHOWN] if promo.is_active]
    buttons = [
        [speech.button(speech.words("button-promo-stop", code=promo.code), STOP, promo.id)] for promo in live
    ]
    return speech.lines(speech.words("promos"), *lines), buttons


async def _line(ctx: Context, promo: Promo, used: int) -> Words:
    shop = await get_bot(ctx.uow, BotKind.SALES)
    live = "promos-line" if promo.limit_total else "promos-line-endless"
    parts = [
        speech.words(
            live if promo.is_active else "promos-line-stopped",
            code=promo.code,
            off=describe_off(promo, ctx.contact.language),
            used=used,
            taken=promo.taken,
            limit=promo.limit_total or 0,
        )
    ]
    if promo.tariffs:
        parts.append(speech.words("promos-tariffs", tariffs=", ".join(promo.tariffs)))
    if promo.limit_person:
        parts.append(speech.words("promos-per-person", limit=promo.limit_person))
    for text, at in (("promos-from", promo.starts_at), ("promos-until", promo.ends_at)):
        if at is not None:
            parts.append(speech.words(text, moment=speech.moment(at, ctx.contact.zone)))
    if promo.is_active:
        parts.append(bot_link(shop.username, promo_link(promo.code)))
    return speech.lines(*parts, gap="\n")
