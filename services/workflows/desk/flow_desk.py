"""The wizard of scenarios and courses over their drafts: what it needs to know, and how what it wishes is done."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count

from core.db.session import UnitOfWork
from core.flow.definition import Flow, FlowKind
from core.lifecycle import BotKind
from core.links import bot_link
from core.rules.deep_link import course_link
from core.text.refusal import Words, listed, placed, words
from core.wizard import flow_screens, flows
from core.wizard.flows import Keep, OpenDoor, Preview, Publish, Settle
from core.wizard.items import name_step
from core.wizard.screen import Talk, lines
from core.wizard.sections import FlowWorld, Place
from core.wizard.setup import AWAY, Step
from core.wizard.setup import KIND as SETUP
from services.content import drafts, wizards
from services.content.deployments import deploy_flow, open_to_all
from services.content.entry.tokens import find_open_link
from services.content.flows import find_version, get_flow_id
from services.content.importing.slugs import make_slug
from services.content.link_names import list_taken
from services.content.messages.bot_values import know_values
from services.content.messages.button_sets import list_button_sets
from services.content.schemas import Deployment
from services.learning.runs import preview, version_migration
from services.learning.runs.version_migration import Survey
from services.tenancy import groups
from services.tenancy.bots import get_bot
from services.workflows.desk.talks import Author, Wizard
from services.workflows.installing import BOT_OF
from services.workflows.publishing import publish_draft

MOST_STANDING = 8
MOST_NUMBERED = 1000  # flows of one name


async def load_world(uow: UnitOfWork, author: Author, talk: Talk) -> FlowWorld:
    """What the wizard knows now; what only publishing asks is looked up only there."""
    flow = await drafts.find_editable(uow, talk.about) if talk.about else None
    world = FlowWorld(
        flow=flow,
        language=author.contact.language,
        variables=frozenset((await know_values(uow)).variables),
        sets=tuple(await list_button_sets(uow)),
        places=await list_places(uow, BotKind.SALES),
        find_slug=partial(_find_slug, talk.kind, frozenset(await list_taken(uow))),
    )
    if flow is None:
        return world
    world = replace(world, newer=await drafts.find_newer(uow, flow.slug))
    if talk.place == "publish":
        obstacles = await _list_obstacles(uow, flow, world.language)
        survey = await version_migration.survey(uow, flow)
        former = await find_version(uow, flow.slug)
        standing = _describe(survey, _name_steps(flow, former.flow if former else flow, world.language))
        people = survey.people if survey.touched else 0
        return replace(world, standing=standing, people=people, obstacles=obstacles)
    if talk.place == "published":
        return replace(world, link=await _find_link(uow, flow), is_led=await _is_led(uow, author))
    return world


async def list_places(uow: UnitOfWork, kind: BotKind) -> tuple[Place, ...]:
    """The groups and channels a bot is in, those where it lets people in first."""
    bot = await get_bot(uow, kind)
    seats = await groups.list_seats(uow, bot.id)
    places = [Place(seat.group.chat_id, seat.group.title, seat.may_invite) for seat in seats if seat.is_in]
    return tuple(sorted(places, key=lambda place: (not place.is_fit, place.title)))


def _find_slug(kind: str, taken: frozenset[str], name: str) -> str:
    """What links call something new of that name."""
    bare = make_slug(name) or kind
    numbered = (f"{bare[:28]}-{number}" for number in range(2, MOST_NUMBERED))
    return next(slug for slug in (bare, *numbered) if slug not in taken)


async def _list_obstacles(uow: UnitOfWork, flow: Flow, language: str) -> tuple[Words, ...]:
    return tuple(
        placed(_name_place(flow, problem.path, language), problem.words)
        for problem in await drafts.find_obstacles(uow, flow)
    )


def _name_place(flow: Flow, path: str, language: str) -> Words:
    """`steps.2.text` as the step is called."""
    parts = path.split(".")
    is_step = len(parts) > 1 and parts[0] == "steps" and parts[1].isdecimal()
    return name_step(flow, flow.steps[int(parts[1])].key, language) if is_step else path


def _name_steps(flow: Flow, former: Flow, language: str) -> Callable[[str], Words]:
    """Steps as their author knows them, in the draft or, if they are gone, in what people see now."""

    def name(key: str) -> Words:
        return name_step(flow if any(step.key == key for step in flow.steps) else former, key, language)

    return name


def _describe(survey: Survey, name: Callable[[str], Words]) -> Words:
    """What is new, and who stands where."""
    changes = survey.changes
    news = [
        words(f"wizard-changes-{what}", keys=listed(map(name, keys), ", "))
        for what, keys in (
            ("added", changes.added),
            ("changed", changes.changed),
            ("removed", changes.removed),
        )
        if keys
    ]
    standing = [
        words(f"wizard-stand-{group.fate or 'same'}", step=name(group.step), count=group.people)
        for group in survey.standing[:MOST_STANDING]
    ]
    nobody = words("wizard-stand-nobody")
    return lines(listed(news or [words("wizard-changes-none")], "\n"), listed(standing or [nobody], "\n"))


async def _find_link(uow: UnitOfWork, flow: Flow) -> str:
    """What opens it; empty for a course that nobody comes into without having bought or been invited."""
    bot = await get_bot(uow, BOT_OF[flow.kind])
    if flow.kind is not FlowKind.COURSE:
        return bot_link(bot.username, flow.slug)
    link = await find_open_link(uow, await _put_on_bot(uow, flow))
    return bot_link(bot.username, course_link(link.deployment, link.token)) if link else ""


async def _is_led(uow: UnitOfWork, author: Author) -> bool:
    """Whether the first run shows them what to do next."""
    led = await wizards.find_talk(uow, author.to, SETUP)
    return led is not None and led.talk.place.partition(":")[0] in {*Step, AWAY}


async def _put_on_bot(uow: UnitOfWork, flow: Flow) -> Deployment:
    """Have it on its bot; that opens no course to anybody."""
    bot = await get_bot(uow, BOT_OF[flow.kind])
    return await deploy_flow(uow, await get_flow_id(uow, flow.slug), bot.id)


async def keep(uow: UnitOfWork, author: Author, talk: Talk, wish: Keep) -> Talk:
    """The draft is this now."""
    del author
    await drafts.save_draft(uow, wish.flow)
    return talk


async def show_preview(uow: UnitOfWork, author: Author, talk: Talk, wish: Preview) -> Talk:
    """Say it as people will see it; the screen comes again below."""
    flow = await drafts.find_editable(uow, talk.about)
    if flow is not None:
        numbers = count(1)
        await preview.show_exactly(
            uow, flow, author.to, lambda: f"{author.key}:preview:{next(numbers)}", only=wish.key or None
        )
    return talk


async def publish(uow: UnitOfWork, author: Author, talk: Talk, wish: Publish) -> Talk:
    """Make the draft the next version and put it on its bot; raises FLOW_INVALID, NAME_TAKEN."""
    del author
    if await drafts.find_editable(uow, talk.about) is None:
        return talk.go("home")
    await publish_draft(uow, talk.about, wish.choice)
    return talk


async def settle(uow: UnitOfWork, author: Author, talk: Talk, wish: Settle) -> Talk:
    """Go on with the version that came meanwhile, or with the draft, which is newer from now on."""
    del author
    flow = await drafts.find_editable(uow, talk.about)
    if flow is None:
        return talk
    if wish.choice == flows.MINE:
        await drafts.save_draft(uow, flow)
        return talk
    await drafts.drop_draft(uow, await get_flow_id(uow, flow.slug))
    return replace(talk, note=words("wizard-newer-taken"))


async def open_door(uow: UnitOfWork, author: Author, talk: Talk, wish: OpenDoor) -> Talk:
    """Let whoever has the link take the course, without paying."""
    del author, wish
    flow = await drafts.find_editable(uow, talk.about)
    if flow is not None:
        await open_to_all(uow, await _put_on_bot(uow, flow))
    return talk


def anew(talk: Talk) -> Talk:
    """The same flow from its first screen, or something new."""
    kind = FlowKind(talk.kind)
    return flows.edit(kind, talk.about) if talk.about else flows.create(kind)


WIZARD = Wizard(
    press=flows.press,
    write=flows.write,
    show=flow_screens.show,
    load=load_world,
    acts={Keep: keep, Preview: show_preview, Publish: publish, Settle: settle, OpenDoor: open_door},
    anew=anew,
    below=frozenset({Preview}),
    name=flow_screens.name_flow,
    takes_files=flows.is_about_photos,
)
