"""`/stats`: one honest page of numbers, for today, a week or ever."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press, PressKind
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.insight.figures import count_figures
from services.insight.schemas import Figures, MoneyFigures, Sales, TariffFigures
from services.tenancy.permissions import Permission

PERIOD = PressKind.FIGURES_PERIOD  # kind of the page's buttons: period
PERIODS = ("today", "week", "all")
WEEK = timedelta(days=7)
MOST_NAMES = 8  # sources or codes in the page


async def show(_: Message, ctx: Context) -> None:
    """From the first start to the finished course, money by tariff, source, promo code and partner, messages: today, a week, all time."""
    text = await _page(ctx, "all")
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=_buttons("all"))


COMMANDS = (AdminCommand("stats", show, Section.OVERVIEW, permission=Permission.NUMBERS, looks=True),)


def build_buttons() -> Router:
    """The periods of the page."""
    router = admin_router("admin-figures", Permission.NUMBERS)

    @router.callback_query(Pressed(PERIOD))
    async def change(query: CallbackQuery, ctx: Context, press: Press) -> None:
        redraw(ctx, query, await _page(ctx, press.id), _buttons(press.id))

    return router


async def _page(ctx: Context, period: str) -> Words:
    figures = await count_figures(ctx.uow, _since(ctx, period))
    parts = (
        _funnel(figures),
        _money(figures.money),
        _tariffs(figures),
        _sales("stats-source", figures.money.sources),
        _sales("stats-promo", figures.money.promos),
        _sales("stats-partner", figures.money.partners),
        _work(figures),
        _calls(figures),
    )
    told = [part for part in parts if part is not None] or [speech.words("stats-none")]
    return speech.lines(speech.words(f"stats-title-{period}"), *told)


def _since(ctx: Context, period: str) -> datetime | None:
    """The beginning of a period; a day begins at midnight of the admin's clock."""
    if period == "today":
        here = ctx.uow.now.astimezone(ZoneInfo(ctx.contact.zone))
        return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return ctx.uow.now - WEEK if period == "week" else None


def _funnel(figures: Figures) -> Words | None:
    return _tell(
        {
            "stats-started": figures.started,
            "stats-chose": figures.chose,
            "stats-paid": figures.paid,
            "stats-entered": figures.entered,
            "stats-finished": figures.finished,
        }
    )


def _money(money: MoneyFigures) -> Words | None:
    """What came, what went back, what providers kept; a line for each that there is."""
    sums = {"stats-revenue": money.revenue, "stats-refunds": money.refunds, "stats-fees": money.fees}
    told = [speech.words(key, sums=_prices(each_sum)) for key, each_sum in sums.items() if each_sum]
    return speech.lines(*told, gap="\n") if told else None


def _sales(key: str, sales: Sequence[Sales]) -> Words | None:
    """By whom the money came, the greatest first; nothing where there is no name to tell."""
    if not any(sale.name for sale in sales):
        return None
    told = [
        speech.words(
            key,
            name=sale.name or speech.words("stats-no-source"),
            number=sale.paid,
            sums=_prices(sale.sums) or [speech.words("stats-free")],
        )
        for sale in sales[:MOST_NAMES]
    ]
    return speech.lines(*told, gap="\n")


def _prices(sums: Mapping[str, int]) -> list[Words]:
    return [speech.price(amount, currency) for currency, amount in sorted(sums.items())]


def _tariffs(figures: Figures) -> Words | None:
    told = [line for tariff in figures.tariffs if (line := _tariff(tariff)) is not None]
    return speech.lines(*told, gap="\n") if told else None


def _tariff(tariff_figures: TariffFigures) -> Words | None:
    sums = _prices(tariff_figures.sums)
    told = (
        [speech.words("stats-tariff-chosen", number=tariff_figures.chosen)] if tariff_figures.chosen else []
    )
    if tariff_figures.paid:
        told.append(speech.words("stats-tariff-bought", number=tariff_figures.paid, sums=sums))
    if not told:
        return None
    return speech.words(
        "stats-tariff", tariff=speech.content(tariff_figures.name), told=speech.lines(*told, gap=", ")
    )


def _work(figures: Figures) -> Words | None:
    return _tell({"stats-in_review": figures.in_review, "stats-closed": figures.closed})


def _calls(figures: Figures) -> Words | None:
    calls = figures.calls
    return _tell(
        {
            "stats-sent": calls.sent,
            "stats-waiting": calls.waiting,
            "stats-blocked": calls.blocked,
            "stats-failed": calls.failed,
            "stats-held": calls.held,
        }
    )


def _tell(numbers: Mapping[str, int]) -> Words | None:
    """A line for each number that there is; what there is none of is not said."""
    told = [speech.words(key, number=number) for key, number in numbers.items() if number]
    return speech.lines(*told, gap="\n") if told else None


def _buttons(chosen: str) -> Keyboard:
    return [
        [
            speech.button(speech.words(f"stats-{period}"), PERIOD, period)
            for period in PERIODS
            if period != chosen
        ]
    ]
