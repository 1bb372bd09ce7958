"""`/stats`: one honest page of numbers, for today, a week or ever."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.runtime.presses import Press
from bots.shared.filters import Pressed
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.insight.figures import count_figures
from services.insight.schemas import Figures, TariffFigures

PERIOD = "sta"  # kind of the page's buttons: period
PERIODS = ("today", "week", "all")
WEEK = timedelta(days=7)


async def show(_: Message, ctx: Context) -> None:
    """From the first start to the finished course, sales by tariff, messages: today, a week, all time."""
    text = await _page(ctx, "all")
    speech.say(ctx.uow, ctx.address, text, ctx.next_key(), buttons=_buttons("all"))


COMMANDS = (AdminCommand("stats", show, Section.OVERVIEW),)


def build_buttons() -> Router:
    """The periods of the page."""
    router = admin_router("admin-figures")

    @router.callback_query(Pressed(PERIOD))
    async def change(query: CallbackQuery, ctx: Context, press: Press) -> None:
        redraw(ctx, query, await _page(ctx, press.id), _buttons(press.id))

    return router


async def _page(ctx: Context, period: str) -> Words:
    figures = await count_figures(ctx.uow, _since(ctx, period))
    title = speech.words(f"stats-title-{period}")
    tariffs = speech.lines(*(_tariff(one) for one in figures.tariffs), gap="\n")
    return speech.lines(title, _funnel(figures), tariffs, _work(figures), _calls(figures))


def _since(ctx: Context, period: str) -> datetime | None:
    """The beginning of a period; a day begins at midnight of the admin's clock."""
    if period == "today":
        here = ctx.uow.now.astimezone(ZoneInfo(ctx.contact.zone))
        return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return ctx.uow.now - WEEK if period == "week" else None


def _funnel(figures: Figures) -> Words:
    return speech.words(
        "stats-funnel",
        started=figures.started,
        chose=figures.chose,
        paid=figures.paid,
        entered=figures.entered,
        finished=figures.finished,
    )


def _tariff(one: TariffFigures) -> Words:
    sums = [speech.price(amount, currency) for currency, amount in sorted(one.sums.items())]
    return speech.words(
        "stats-tariff", tariff=speech.content(one.name), chosen=one.chosen, paid=one.paid, sums=sums or "0"
    )


def _work(figures: Figures) -> Words:
    return speech.words("stats-work", in_review=figures.in_review, closed=figures.closed)


def _calls(figures: Figures) -> Words:
    calls = figures.calls
    return speech.words(
        "stats-calls",
        sent=calls.sent,
        waiting=calls.waiting,
        failed=calls.failed,
        blocked=calls.blocked,
        held=calls.held,
    )


def _buttons(chosen: str) -> Keyboard:
    return [[speech.button(speech.words(f"stats-{one}"), PERIOD, one) for one in PERIODS if one != chosen]]
