"""`/partners` and `/commission`: who sells for the school, what they are owed, and by which rules."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiogram import Router
from aiogram.filters import CommandObject
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router, read_words
from bots.admin.redraw import redraw, redraw_unkept
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press, PressKind
from core.rules.commission import LEVELS, PartnerRules, Touch
from services.commerce.catalog.tariffs import find_by_code, list_tariffs, set_commission
from services.commerce.partners import commissions, payouts, referrals
from services.commerce.partners.shares import say_shares
from services.commerce.schemas import Earnings, Tariff
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.people.contacts import get_contact
from services.tenancy.permissions import Permission
from utils.sealed import KeyMissingError

RULES = PressKind.PARTNERS  # kind of the buttons that change the rules: touch, window, hold
WINDOWS, HOLDS = (0, 30, 60, 90), (0, 7, 14, 30)  # days, one after the other at each press
MOST_LISTED = 20
MOST_WORDS = 1 + len(LEVELS)  # /commission which first second


async def partners(_: Message, ctx: Context) -> None:
    """Show partners with what they earned and are owed, whom they wait for, and the rules, each changed at a press.

    A doubtful commission is shown with two buttons: let it stand, or not.
    """
    text, buttons = await _describe(ctx)
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=buttons)
    for payment_id in {payment_id.payment_id for payment_id in await commissions.list_doubtful(ctx.uow)}:
        ctx.say("commission-doubtful", buttons=commissions.doubt_buttons(payment_id), payment=payment_id)
    for payout in await payouts.list_open(ctx.uow):
        words, ref = await payouts.describe(ctx.uow, payout, "payout-asked"), payouts.ref_of(payout.id)
        speech.say(
            ctx.uow, ctx.address, words, ctx.next_key(), buttons=[[_steer("show", payout.id)]], ref=ref
        )


async def commission(_: Message, command: CommandObject, ctx: Context) -> None:
    """Set what partners earn by a tariff: a share of what is paid or a sum, and a second one for who brought the partner.

    `0%` takes it away. What was earned stays.
    """
    words = read_words(command)
    tariff = await find_by_code(ctx.uow, words[0].lower()) if words else None
    if tariff is None or not 1 < len(words) <= MOST_WORDS:
        await _explain(ctx)
        return
    try:
        commission = dict(zip(LEVELS, words[1:], strict=False))
        await set_commission(ctx.uow, tariff, commission)
    except ValueError:
        await _explain(ctx)
        return
    shares = say_shares(replace(tariff, commission=commission))
    ctx.say("commission-set", tariff=speech.named(tariff.name), shares=shares)


COMMANDS = (
    AdminCommand("partners", partners, Section.MONEY, looks=True),
    AdminCommand("commission", commission, Section.MONEY, "premium 20% 5%"),
)


def build_buttons() -> Router:
    """The rules, doubtful commissions, payouts."""
    router = admin_router("admin-partners", Permission.MONEY)

    @router.callback_query(Pressed(RULES))
    async def changed(query: CallbackQuery, ctx: Context, press: Press) -> None:
        rules = await commissions.get_rules(ctx.uow)
        await commissions.set_rules(ctx.uow, _turn(rules, press.id))
        redraw(ctx, query, *await _describe(ctx))

    @router.callback_query(Pressed(commissions.LOOK))
    async def looked(query: CallbackQuery, ctx: Context, press: Press) -> None:
        word, payment_id = press.id.split("-")
        done = await commissions.settle_doubt(ctx.uow, int(payment_id), is_fine=word == "ok")
        redraw(ctx, query, speech.words(f"commission-{word}" if done else "commission-settled"))

    @router.callback_query(Pressed(payouts.STEER))
    async def steered(query: CallbackQuery, ctx: Context, press: Press) -> None:
        word, payout_id = press.id.split("-")
        if word == "show":
            await _show_place(ctx, query, int(payout_id))
        else:
            is_paid = word == "paid"
            await payouts.settle_payout(ctx.uow, int(payout_id), ctx.contact.telegram_id, is_paid=is_paid)
            payout = await payouts.get_payout(ctx.uow, int(payout_id))
            redraw(ctx, query, await payouts.describe(ctx.uow, payout, f"payout-is-{payout.status}"))

    return router


async def _show_place(ctx: Context, query: CallbackQuery, payout_id: int) -> None:
    """The place the money goes to is put into the card by a call that is kept nowhere, and leaves it with either answer."""
    payout = await payouts.get_payout(ctx.uow, payout_id)
    try:
        place = payouts.open_place(ctx.uow, payout)
    except KeyMissingError as gone:
        words = await payouts.describe(ctx.uow, payout, "payout-key-missing", master=gone.name)
        redraw(ctx, query, words, [[_steer("show", payout_id), _steer("refuse", payout_id)]])
        return
    if not place:
        redraw(ctx, query, await payouts.describe(ctx.uow, payout, f"payout-is-{payout.status}"))
        return
    words = await payouts.describe(ctx.uow, payout, "payout-shown")
    redraw_unkept(ctx, query, words, place, [[_steer("paid", payout_id), _steer("refuse", payout_id)]])


def _steer(word: str, payout_id: int) -> Mapping[str, Any]:
    return speech.button(speech.words(f"button-payout-{word}"), payouts.STEER, f"{word}-{payout_id}")


def _turn(rules: PartnerRules, what: str) -> PartnerRules:
    """The rules with one of them changed to its next value."""
    match what:
        case "touch":
            other = Touch.LAST if rules.touch is Touch.FIRST else Touch.FIRST
            return replace(rules, touch=other)
        case "window":
            return replace(rules, window_days=_next(WINDOWS, rules.window_days))
    return replace(rules, hold_days=_next(HOLDS, rules.hold_days))


def _next(values: Sequence[int], now: int) -> int:
    return values[(values.index(now) + 1) % len(values)] if now in values else values[0]


async def _describe(ctx: Context) -> tuple[Words, Keyboard]:
    rules = await commissions.get_rules(ctx.uow)
    earnings = await commissions.list_earnings(ctx.uow)
    lines = [await _line(ctx, earning) for earning in earnings[:MOST_LISTED]] or [
        speech.words("partners-nobody")
    ]
    shares = [_share(tariff) for tariff in await list_tariffs(ctx.uow) if tariff.commission]
    shares = shares or [speech.words("partners-no-shares")]
    parts = [speech.words("partners-title"), speech.lines(*lines, gap="\n"), speech.lines(*shares, gap="\n")]
    buttons = [
        speech.button(speech.words(f"partners-touch-{rules.touch}"), RULES, "touch"),
        speech.button(_days("window", rules.window_days), RULES, "window"),
        speech.button(_days("hold", rules.hold_days), RULES, "hold"),
    ]
    return speech.lines(*parts), [[button] for button in buttons]


def _days(what: str, days: int) -> Words:
    return speech.words(f"partners-{what}", count=days) if days else speech.words(f"partners-{what}-none")


async def _line(ctx: Context, earnings: Earnings) -> Words:
    partner = await referrals.get_partner(ctx.uow, earnings.partner_id)
    person = await get_contact(ctx.uow, partner.contact_id)
    sums = {
        name: speech.price(getattr(earnings, name), earnings.currency)
        for name in ("earned", "payable", "paid")
    }
    return speech.words("partners-line", person=person.full_name, code=partner.code, **sums)


def _share(tariff: Tariff) -> Words:
    return speech.words("partners-share", tariff=speech.named(tariff.name), shares=say_shares(tariff))


async def _explain(ctx: Context) -> None:
    codes = ", ".join(tariff.code for tariff in await list_tariffs(ctx.uow))
    ctx.refuse("commission-usage", codes=codes)
