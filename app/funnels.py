"""What `tandem scenarios` does, and the lines it prints."""

from app.enrolling import Do, start_link
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import BotKind
from core.text.message import localize
from services.content import scenarios
from services.learning.enrollment.scenarios import delete_scenario
from services.tenancy.bots import get_bot


async def show_scenarios(uow: UnitOfWork) -> list[str]:
    """One line per scenario: id, state, people inside, name, link."""
    bot = await get_bot(uow, BotKind.SALES)
    inside, lines = await scenarios.count_inside(uow, bot.id), []
    for one in await scenarios.list_scenarios(uow, bot.id):
        state = "default" if one.is_default else "open" if one.is_active else "closed"
        name = localize(one.name, uow.env.default_language)
        people = str(inside.get(one.flow_id, 0))
        lines.append("\t".join([one.slug, state, people, name, start_link(bot.username, one.slug)]))
    return lines or ["there are no scenarios; `tandem import FILE --deploy` brings one"]


def choose_default(slug: str) -> Do:
    """Let `/start` begin this one."""

    async def do(uow: UnitOfWork) -> list[str]:
        bot = await get_bot(uow, BotKind.SALES)
        return [f"/start begins {(await scenarios.set_default(uow, bot.id, slug)).slug}"]

    return do


def open_or_close(slug: str, *, active: bool) -> Do:
    """Say whether new people may begin it."""

    async def do(uow: UnitOfWork) -> list[str]:
        bot = await get_bot(uow, BotKind.SALES)
        chosen = await scenarios.set_active(uow, bot.id, slug, active=active)
        return [f"{chosen.slug} is {'open' if active else 'closed'} to newcomers"]

    return do


def remove(slug: str, *, yes: bool) -> Do:
    """Delete a scenario; with people inside only if that was said."""

    async def do(uow: UnitOfWork) -> list[str]:
        bot = await get_bot(uow, BotKind.SALES)
        chosen = await scenarios.get_scenario(uow, bot.id, slug)
        people = (await scenarios.count_inside(uow, bot.id)).get(chosen.flow_id, 0)
        if people and not yes and not chosen.is_default:
            detail = f"{people} inside {slug} would be stopped; say --yes to delete it"
            raise DomainError(ErrorKind.CONFLICT, "INVALID_SCENARIO_STATE", detail)
        await delete_scenario(uow, bot.id, slug)
        return [f"{slug} is deleted"]

    return do
