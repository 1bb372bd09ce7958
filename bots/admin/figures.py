"""`/stats`: one honest page of numbers with a picture, for today, a week or ever; each number opens its people."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from aiogram import Router
from aiogram.types import CallbackQuery, Message

from bots.admin.declaration import AdminCommand, Section
from bots.admin.permissions import admin_router
from bots.admin.redraw import redraw
from bots.runtime.context import Context
from bots.shared.filters import Pressed
from core.presses import Press, PressKind
from core.text.names import show_known
from services.delivery import speech
from services.delivery.speech import Keyboard, Words
from services.insight import behind, digest, sale_news
from services.insight.figures import count_figures
from services.insight.picture import DAY, WEEK, ask_picture
from services.insight.schemas import Behind, BehindNumber, Figures
from services.insight.telling import MOST_NAMES, name_stop, tell
from services.tenancy.permissions import Permission
from services.workflows.person import screen

PERIOD = PressKind.FIGURES_PERIOD  # kind of the page's buttons: period, or period-people
PEOPLE = PressKind.FIGURES_PEOPLE  # kind of the buttons behind it: period-page-figure-which
PERIODS = ("today", "week", "all")
WHO = "who"


async def show(_: Message, ctx: Context) -> None:
    """From the first start to the finished course, where people stop, money by tariff, source, promo code and partner, messages: today, a week, all time; with a picture, the people behind each number, a weekly digest and a message about each sale, both of which may be switched off."""
    figures = await count_figures(ctx.uow)
    key = ctx.next_key()
    speech.say(ctx.uow, ctx.address, _page(figures, "all"), key, buttons=_buttons(ctx, "all"))
    await ask_picture(ctx.uow, figures, WEEK, ctx.contact, ctx.address, key)


COMMANDS = (AdminCommand("stats", show, Section.OVERVIEW, permission=Permission.NUMBERS, looks=True),)


def build_buttons() -> Router:
    """The periods of the page, the people behind it, and the digest."""
    router = admin_router("admin-figures", Permission.NUMBERS)

    @router.callback_query(Pressed(PERIOD))
    async def change(query: CallbackQuery, ctx: Context, press: Press) -> None:
        period, _, view = press.id.partition("-")
        figures = await count_figures(ctx.uow, _since(ctx, period))
        if view == WHO:
            redraw(ctx, query, speech.words("stats-who"), _numbers(figures, period))
        else:
            redraw(ctx, query, _page(figures, period), _buttons(ctx, period))

    @router.callback_query(Pressed(PEOPLE))
    async def open_people(query: CallbackQuery, ctx: Context, press: Press) -> None:
        period, page, figure, which = press.id.split("-")
        counted = await behind.list_behind(ctx.uow, figure, which, _since(ctx, period), int(page))
        redraw(ctx, query, _list(ctx, counted, figure), _pages(ctx, counted, period, figure, which))

    @router.callback_query(Pressed(digest.SWITCH))
    async def switch(query: CallbackQuery, ctx: Context, press: Press) -> None:
        on = press.id == "on"
        ctx.only_looked = on == ctx.contact.wants_digest
        await digest.switch(ctx.uow, ctx.contact, on=on)
        words = speech.words("digest-is-on" if on else "digest-is-off")
        redraw(ctx, query, words, [[_switch(on=on)], [_back("all")]])

    @router.callback_query(Pressed(sale_news.SWITCH))
    async def switch_sales(query: CallbackQuery, ctx: Context, press: Press) -> None:
        on = press.id == "on"
        ctx.only_looked = on == ctx.contact.wants_sale_news
        await sale_news.switch(ctx.uow, ctx.contact, on=on)
        words = speech.words("sale-news-is-on" if on else "sale-news-is-off", most=sale_news.MOST)
        again = [[sale_news.switch_button(on=not on)], [_back("all")]]
        if press.id == "mute":
            speech.say(ctx.uow, ctx.address, words, ctx.next_key(), buttons=again)
        else:
            redraw(ctx, query, words, again)

    @router.callback_query(Pressed(PressKind.FIGURES_PICTURE))
    async def draw(_: CallbackQuery, ctx: Context, press: Press) -> None:
        figures = await count_figures(ctx.uow, _since(ctx, press.id))
        by = WEEK if press.id == "all" else DAY
        if not await ask_picture(ctx.uow, figures, by, ctx.contact, ctx.address, ctx.next_key()):
            ctx.alert("stats-none")

    return router


def _page(figures: Figures, period: str) -> Words:
    return tell(figures, speech.words(f"stats-title-{period}"))


def _since(ctx: Context, period: str) -> datetime | None:
    """The beginning of a period; a day begins at midnight of the admin's clock."""
    if period == "today":
        here = ctx.uow.now.astimezone(ZoneInfo(ctx.contact.zone))
        return here.replace(hour=0, minute=0, second=0, microsecond=0).astimezone(UTC)
    return ctx.uow.now - timedelta(days=7) if period == "week" else None


def _buttons(ctx: Context, chosen: str) -> Keyboard:
    others = [
        speech.button(speech.words(f"stats-{period}"), PERIOD, period)
        for period in PERIODS
        if period != chosen
    ]
    who = speech.button(speech.words("button-stats-who"), PERIOD, f"{chosen}-{WHO}")
    picture = speech.button(speech.words("button-stats-picture"), PressKind.FIGURES_PICTURE, chosen)
    rows = [others, [who, picture]]
    if not ctx.may(Permission.OWN):
        return rows
    sales = sale_news.switch_button(on=not ctx.contact.wants_sale_news)
    return [*rows, [_switch(on=ctx.contact.wants_digest)], [sales]]


def _switch(*, on: bool) -> Mapping[str, Any]:
    """The button that changes whether an owner is told of their week."""
    return speech.button(
        speech.words("digest-off" if on else "digest-on"), digest.SWITCH, "off" if on else "on"
    )


def _back(period: str) -> Mapping[str, Any]:
    return speech.button(speech.words("button-back"), PERIOD, period)


def _numbers(figures: Figures, period: str) -> Keyboard:
    """A button for each number that has people behind it."""
    rows = [
        [_number(speech.words(f"stats-{name}", number=number), period, name)]
        for name, number in behind.count_behind(figures).items()
    ]
    for stop in figures.stops:
        words = speech.words("stats-stop", place=name_stop(stop), people=stop.people)
        rows.append([_number(words, period, behind.STOP, behind.name_stop(stop.version_id, stop.step))])
    for sale in figures.money.sources[:MOST_NAMES]:
        name = sale.name or speech.words("stats-no-source")
        words = speech.words("button-stats-source", name=name, number=sale.paid)
        rows.append([_number(words, period, behind.SOURCE, behind.name_source(sale.name))])
    return [*rows, [_back(period)]]


def _number(words: Words, period: str, figure: str, which: str = "") -> Mapping[str, Any]:
    return speech.button(words, PEOPLE, f"{period}-0-{figure}-{which}")


def _list(ctx: Context, counted: BehindNumber, figure: str) -> Words:
    """What was counted, and who; the buttons below open each of them."""
    if not counted.shown:
        return speech.words("stats-nobody")
    key = f"stats-{figure}" if figure in behind.PEOPLE else "stats-people"
    title = [speech.words(key, number=counted.total)]
    if counted.pages > 1:
        title.append(speech.words("stats-page", page=counted.page + 1, pages=counted.pages))
    people = [_line(ctx, person) for person in counted.shown]
    return speech.lines(speech.lines(*title, gap="\n"), speech.lines(*people, gap="\n"))


def _line(ctx: Context, person: Behind) -> Words:
    name = speech.words("who-name", name=show_known(person.name, person.username, person.telegram_id))
    if person.at is None:
        return name
    return speech.lines(name, speech.moment(person.at, ctx.contact.zone), gap=" · ")


def _pages(ctx: Context, counted: BehindNumber, period: str, figure: str, which: str) -> Keyboard:
    def turn(sign: str, page: int) -> Mapping[str, Any]:
        return speech.button(sign, PEOPLE, f"{period}-{page}-{figure}-{which}")

    people = counted.shown if ctx.may(Permission.CONTACTS) else ()
    rows = [
        [speech.button(person.name, screen.PERSON, f"{screen.SHOW}-{person.contact_id}")] for person in people
    ]
    row = [turn("←", counted.page - 1)] if counted.page else []
    row += [turn("→", counted.page + 1)] if counted.page + 1 < counted.pages else []
    back = [speech.button(speech.words("button-back"), PERIOD, f"{period}-{WHO}")]
    return [*rows, row, back] if row else [*rows, back]
