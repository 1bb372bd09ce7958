"""The beginning of the sales bot: where she comes from, then the scenario."""

from bots.runtime.context import Context
from bots.sales_bot import checkout, prices
from bots.shared.triggers import answer_event
from core.errors import DomainError
from core.lifecycle import BotKind, NameKind
from core.links import bot_link
from core.rules.deep_link import CourseLink, Empty, LegacyCourse, LinkKind, Plain, Prefixed, parse_payload
from core.triggers import TriggerKind
from services.commerce.catalog import products
from services.commerce.catalog.tariffs import OfferPlace, Wish, terms_of
from services.commerce.orders import purchases
from services.commerce.partners import referrals
from services.content.link_names import find_kind
from services.content.schemas import Scenario
from services.delivery import speech
from services.learning import run_lookup
from services.learning.enrollment import scenarios
from services.learning.runs import effects, runs
from services.people import variables
from services.tenancy.bots import get_bot


async def begin(ctx: Context, payload: str) -> None:
    """Follow the link she came by, then start the scenario, go on where it stopped, or show what was bought."""
    link = parse_payload(payload)
    if not isinstance(link, Empty) and not ctx.may_guess():
        return
    if isinstance(link, CourseLink):
        await _show_course_bot(ctx, payload)
        return
    if isinstance(link, Prefixed) and link.kind is LinkKind.BUY:
        await _buy(ctx, link.value)
        return
    if isinstance(link, Plain) and await answer_event(ctx, TriggerKind.LINK, link.value):
        return
    slug = await _follow(ctx, link)
    try:
        chosen, is_wanted = await scenarios.choose(ctx.uow, ctx.contact, ctx.address, slug)
    except DomainError as error:
        if error.code != "SCENARIO_NOT_FOUND":
            raise
        await prices.show(ctx, speech.words("offer-hello"))  # a shop without a scenario
        return
    if not is_wanted:
        _say_unknown(ctx)
    entrance = await scenarios.start_scenario(ctx.uow, ctx.contact, ctx.address, chosen)
    if entrance.is_over:
        await _show_what_is_over(ctx, entrance.run_id, chosen)
    elif not entrance.is_new:
        await _go_on(ctx, entrance.run_id)


async def _buy(ctx: Context, code: str) -> None:
    """The payment link of a scenario's product: straight to the order, for the scenario she is in."""
    product = await products.find_product(ctx.uow, code)
    if product is None:
        _say_unknown(ctx)
        await prices.explain(ctx)
        return
    current = await run_lookup.find_active(ctx.uow, ctx.contact, ctx.bot.id)
    place = OfferPlace(ctx.address, current.id if current else None)
    await checkout.choose(ctx, Wish(place, product, terms_of(product)), agreed=False)


async def _go_on(ctx: Context, run_id: int) -> None:
    if run_id not in ctx.speaking and not await runs.say_again(ctx.uow, run_id, ctx.next_key()):
        await prices.explain(ctx)


async def _show_what_is_over(ctx: Context, run_id: int, chosen: Scenario) -> None:
    """The scenario's summary; without one, what she has bought; who has nothing goes on where she is, or begins anew."""
    run = await run_lookup.load_run(ctx.uow, run_id)
    if await effects.say_summary(ctx.uow, run, ctx.next_key()):
        return
    if await purchases.show_purchases(ctx.uow, ctx.contact, ctx.address, ctx.next_key()):
        return
    current = await run_lookup.find_active(ctx.uow, ctx.contact, ctx.bot.id)
    if current is not None:
        await _go_on(ctx, current.id)
    else:
        await scenarios.begin_scenario(ctx.uow, ctx.contact, ctx.address, chosen)


async def _follow(ctx: Context, link: object) -> str | None:
    """Keep where she comes from; gives the flow she asked for, if she did."""
    match link:
        case Prefixed(kind=LinkKind.PARTNER, value=code):
            await _credit(ctx, code)
        case Prefixed(kind=LinkKind.FLOW, value=slug):
            return slug
        case LegacyCourse(course=slug, utm=utm):
            for name, value in utm:
                await variables.set_variable(ctx.uow, ctx.contact.id, name, value)
            return slug
        case Plain(value=word):
            if await find_kind(ctx.uow, word) is NameKind.PARTNER:
                await _credit(ctx, word)
            else:
                return word
        case Empty():
            pass
        case _:
            _say_unknown(ctx)
    return None


async def _credit(ctx: Context, code: str) -> None:
    try:
        await referrals.follow_link(ctx.uow, code, ctx.contact.id)
    except DomainError as refusal:
        if refusal.code == "SELF_REFERRAL":
            ctx.say("partner-self")
        else:
            _say_unknown(ctx)


def _say_unknown(ctx: Context) -> None:
    """The link leads nowhere, and counts as guessed."""
    ctx.count_guess()
    ctx.say("link-unknown")


async def _show_course_bot(ctx: Context, payload: str) -> None:
    """A link into the course that was opened here: it belongs to the other bot."""
    course = await get_bot(ctx.uow, BotKind.COURSE)
    url = bot_link(course.username, payload)
    ctx.say("link-of-course", buttons=[[speech.link_button(speech.words("button-course"), url)]])
