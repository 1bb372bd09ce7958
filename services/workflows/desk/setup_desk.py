"""The first run over the rooms it leads through: what its wishes do, and how it goes on once something was made elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any

from core.db.session import UnitOfWork
from core.events import GroupSeen, JobFinished
from core.flow.definition import FlowKind
from core.text.message import localize
from core.text.refusal import Refused, Words, listed, words
from core.wizard import flows, setup, setup_screens
from core.wizard.catalogue import Save
from core.wizard.offers import TARIFF
from core.wizard.screen import Talk
from core.wizard.sections import Place
from core.wizard.setup import ASKING, KIND, Begin, Connect, GiveGroup, Keep, Mend, PassOver, Step, TakeSample
from core.wizard.setup_forms import PROVIDERS
from payment.registry import UNASKED, name_provider
from services.commerce.catalog.tariffs import list_tariffs
from services.commerce.payments import accounts
from services.content import wizards
from services.content.files.sample import read_content
from services.content.gathering import gathering
from services.content.importing.slugs import make_slug
from services.content.link_names import list_taken
from services.content.wizards import KeptTalk
from services.delivery.jobs import add_job
from services.delivery.sending.dead_letters import KINDS, replay_dead_letter
from services.delivery.speech import Address
from services.people.contacts import find_by_telegram_id
from services.tenancy import groups
from services.tenancy.bots import is_shop_bot, list_own
from services.tenancy.first_run import change_first_run, load_first_run
from services.tenancy.members import load_roles
from services.tenancy.permissions import Permission, may
from services.tenancy.settings import change_settings
from services.workflows.desk import flow_desk, list_desks, talks
from services.workflows.desk.setup_world import HTTPS, SAMPLE, load_world
from services.workflows.desk.talks import Author, Wizard
from services.workflows.installing import install_flow

MADE_BY = {"lesson": Step.COURSE, "posts": Step.COURSE, "tariff": Step.TARIFF}


async def _go_on(uow: UnitOfWork, author: Author, talk: Talk, note: Words) -> Talk:
    """To the next open step, with what was done said above it."""
    return setup.lead(talk, await load_world(uow, author, talk), note)


async def keep(uow: UnitOfWork, author: Author, talk: Talk, wish: Keep) -> Talk:
    """Set what was typed; raises SETTINGS_INVALID."""
    await change_settings(uow, wish.changes)
    return await _go_on(uow, author, talk, words("setup-kept"))


async def pass_over(uow: UnitOfWork, author: Author, talk: Talk, wish: PassOver) -> Talk:
    """Lead past it from now on; the list still shows it."""
    passed = (await load_first_run(uow)).skipped
    await change_first_run(uow, skipped=sorted({*passed, wish.step}))
    return await _go_on(uow, author, talk, words(f"setup-now-passed-{wish.step}"))


async def begin(uow: UnitOfWork, author: Author, talk: Talk, wish: Begin) -> Talk:
    """Open what makes it, below; it is come back from there."""
    elsewhere = Author(author.contact, author.to, f"{author.key}:{wish.what}")
    if wish.what == "posts":
        await gathering.start(uow, await _find_slug(uow), author.to)
    elif wish.what == "lesson":
        await talks.open_talk(uow, ELSEWHERE, elsewhere, flows.create(FlowKind.COURSE))
    else:
        await talks.open_talk(uow, ELSEWHERE, elsewhere, TARIFF.make())
    return talk


async def _find_slug(uow: UnitOfWork) -> str:
    """What links call a course whose name is not known yet."""
    taken = await list_taken(uow)
    bare = make_slug("course") or str(FlowKind.COURSE)
    return next(slug for slug in (bare, *(f"{bare}-{number}" for number in count(2))) if slug not in taken)


async def take_sample(uow: UnitOfWork, author: Author, talk: Talk, wish: TakeSample) -> Talk:
    """The course that comes with Tandem, to look around or to write over."""
    del wish
    sample = next(flow for flow in read_content(uow.env.content_dir).flows if flow.slug == SAMPLE)
    await install_flow(uow, sample)
    return await _go_on(uow, author, talk, words("setup-now-sample"))


async def connect(uow: UnitOfWork, author: Author, talk: Talk, wish: Connect) -> Talk:
    """Ask the provider whether it knows the credentials, in a job; what asks for none is taken at once."""
    if wish.provider not in PROVIDERS:
        await accounts.set_in_place_of_test(uow, wish.provider, {})
        return await _go_on(uow, author, talk, words(f"setup-now-{wish.provider}"))
    payload = {
        "provider": wish.provider,
        "values": dict(wish.values),
        "bot_id": author.to.bot_id,
        "chat_id": author.to.chat_id,
    }
    await add_job(uow, accounts.ASK, author.key, payload)
    return talk.go(f"{Step.PAY}:{ASKING}")


async def on_asked(uow: UnitOfWork, finished: JobFinished) -> None:
    """The provider has answered: its account is kept and the way goes on, or it is said why not and asked again."""
    asked = finished.payload
    to, provider = Address(asked["bot_id"], asked["chat_id"]), asked["provider"]
    answer: Mapping[str, Any] = finished.result if finished.ok else {"refused": ""}
    if is_known := "refused" not in answer:
        values = accounts.open_typed(uow.env.keys, uow.account_id, asked["values"])
        await accounts.set_in_place_of_test(uow, provider, values)
    stored_talk = await wizards.find_talk(uow, to, KIND)
    contact = await find_by_telegram_id(uow, to.chat_id)
    if stored_talk is None or contact is None:
        return
    author = Author(contact, to, f"asked:{finished.key}")
    note = _say_answer(uow, provider, answer, contact.language)
    talk = replace(stored_talk.talk, note=note)
    if stored_talk.talk.place == f"{Step.PAY}:{ASKING}":
        talk = await _go_on(uow, author, talk, note) if is_known else talk.go(Step.PAY, note)
    await talks.show_with(uow, WIZARD, author, stored_talk, talk)


def _say_answer(uow: UnitOfWork, provider: str, answer: Mapping[str, Any], language: str) -> Words:
    """Whether the provider knows the credentials, and what is to be done in its cabinet now."""
    name = localize(name_provider(provider), language)
    if "refused" in answer:
        return words("setup-pay-refused", name=name, why=answer["refused"])
    said = [words("setup-pay-away" if "away" in answer else "setup-pay-connected", name=name)]
    said += [words("setup-pay-test-account")] if answer.get("is_test") else []
    said += [problem for problem in answer.get("problems", ()) if not _is_for_files(provider, problem)]
    if uow.env.public_url.startswith(HTTPS):
        said.append(words("setup-pay-hook", hook=uow.env.payment_hook(provider, uow.account_id)))
    elif provider in UNASKED:
        said.append(words("setup-pay-deaf"))
    return listed(said, "\n")


def _is_for_files(provider: str, problem: str) -> bool:
    """Whether it speaks of a variable of the environment, which nobody has here."""
    return problem.startswith(f"{provider.upper()}_")


async def give_group(uow: UnitOfWork, author: Author, talk: Talk, wish: GiveGroup) -> Talk:
    """Have a tariff open a group from now on, beside those it opens."""
    world = await list_desks.load_tariffs(uow, author, talk)
    for tariff in world.listed:
        if tariff.values is None or tariff.act != "stop" or wish.code not in {setup.ALL, tariff.id}:
            continue
        opened = [*(chat for chat in tariff.values.get("groups", ()) if chat != wish.chat_id), wish.chat_id]
        await list_desks.save_tariff(uow, author, talk, Save(tariff.id, {**tariff.values, "groups": opened}))
    return await _go_on(uow, author, talk, words("setup-now-group"))


async def mend(uow: UnitOfWork, author: Author, talk: Talk, wish: Mend) -> Talk:
    """Do what the button of a finding says; `look` asks the providers, too, how it is with them."""
    match wish.what:
        case "letters":
            for kind in KINDS:
                await replay_dead_letter(uow, kind, None)
            return replace(talk, note=words("setup-now-replayed"))
        case "groups":
            await _ask_about_groups(uow)
            return replace(talk, note=words("setup-now-asked"))
        case "look":
            await _look(uow, author)
            return talk
    raise Refused("wizard-press-one")


async def _ask_about_groups(uow: UnitOfWork) -> None:
    for bot in await list_own(uow):
        for seat in await groups.list_seats(uow, bot.id):
            if seat.trouble is not None:
                await groups.ask(uow, bot.id, seat.group.chat_id)


async def _look(uow: UnitOfWork, author: Author) -> None:
    ways = [way.provider for way in await accounts.list_ways(uow) if way.provider != accounts.MOCK]
    if ways:
        payload = {"providers": ways, "bot_id": author.to.bot_id, "chat_id": author.to.chat_id}
        await add_job(uow, accounts.LOOK, author.key, payload)


async def on_looked(uow: UnitOfWork, finished: JobFinished) -> None:
    """Say what the providers have answered to who still looks; what is well needs no word."""
    to = Address(finished.payload["bot_id"], finished.payload["chat_id"])
    stored_talk = await wizards.find_talk(uow, to, KIND)
    contact = await find_by_telegram_id(uow, to.chat_id)
    told = finished.result.get("troubles", ()) if finished.ok else ()
    troubles = [(name, why) for name, why in told if not _is_for_files(name, why)]
    if not troubles or stored_talk is None or contact is None or stored_talk.talk.place != setup.DOCTOR:
        return
    said = [
        words("setup-trouble-provider", name=localize(name_provider(name), contact.language), why=why)
        for name, why in troubles
    ]
    author = Author(contact, to, f"looked:{finished.key}")
    talk = replace(stored_talk.talk, note=listed(said, "\n\n"))
    await talks.show_with(uow, WIZARD, author, stored_talk, talk)


async def open_doctor(uow: UnitOfWork, author: Author) -> None:
    """Show what is not well."""
    await open_setup(uow, author, at=setup.DOCTOR)
    await _look(uow, author)


async def open_setup(
    uow: UnitOfWork, author: Author, note: Words | None = None, at: str = setup.HOME
) -> None:
    """Show the list, or the place `at`."""
    await _note_offered(uow)
    await talks.open_talk(uow, {KIND: WIZARD}, author, setup.first().go(at, note))


async def lead_on(uow: UnitOfWork, author: Author, note: Words) -> None:
    """Show the first step that is open, below what is said of how they came here."""
    await _note_offered(uow)
    talk = setup.first()
    led = setup.lead(talk, await load_world(uow, author, talk), note)
    await talks.open_talk(uow, {KIND: WIZARD}, author, led)


async def _note_offered(uow: UnitOfWork) -> None:
    if not (await load_first_run(uow)).is_offered:
        await change_first_run(uow, is_offered=True)


async def may_offer(uow: UnitOfWork, telegram_id: int) -> bool:
    """Whether somebody is to be asked by themselves: the first owner, once, where nothing is sold yet."""
    if uow.env.admin_ids and uow.env.admin_ids[0] != telegram_id:
        return False
    return not (await load_first_run(uow)).is_offered and not await list_tariffs(uow)


async def on_deployed(uow: UnitOfWork) -> None:
    """A course has been made: who went off to make one comes back."""
    await _come_back(uow, [what for what, step in MADE_BY.items() if step is Step.COURSE])


async def on_sold(uow: UnitOfWork) -> None:
    """The same of a tariff."""
    await _come_back(uow, [what for what, step in MADE_BY.items() if step is Step.TARIFF])


async def on_seen(uow: UnitOfWork, seen: GroupSeen) -> None:
    """The bot that sells is in a group: whoever waits for that is asked whom it is for, or told what the bot lacks there."""
    if not await is_shop_bot(uow, seen.bot_id):
        return
    for author, stored_talk in await _list_led(uow):
        if stored_talk.talk.place != Step.GROUP:
            continue
        world = await load_world(uow, author, stored_talk.talk)
        for place in world.places:
            if place.chat_id == seen.chat_id:
                await talks.show_with(uow, WIZARD, author, stored_talk, _meet(stored_talk.talk, place))


def _meet(talk: Talk, place: Place) -> Talk:
    if not place.is_fit:
        return replace(talk, note=words("wizard-weak-group", title=place.title))
    return talk.go(f"{Step.GROUP}:{place.chat_id}", words("setup-now-in-group", title=place.title))


async def _come_back(uow: UnitOfWork, made: Sequence[str]) -> None:
    for author, stored_talk in await _list_led(uow):
        if not setup.is_waiting_for(stored_talk.talk, made):
            continue
        world, step = await load_world(uow, author, stored_talk.talk), MADE_BY[made[0]]
        if world.has(step):
            talk = setup.lead(stored_talk.talk, world, words(f"setup-now-{step}"))
            await talks.show_with(uow, WIZARD, author, stored_talk, talk)


async def _list_led(uow: UnitOfWork) -> list[tuple[Author, KeptTalk]]:
    """Who is at it and may be, to be spoken to by themselves: below whatever came meanwhile."""
    led = []
    for to, stored_talk in await wizards.list_talks(uow, KIND):
        contact = await find_by_telegram_id(uow, to.chat_id)
        if contact is not None and may(await load_roles(uow, contact.telegram_id), Permission.ADMINISTER):
            led.append((Author(contact, to, f"setup:{stored_talk.id}"), stored_talk))
    return led


WIZARD = Wizard(
    press=setup.press,
    write=setup.write,
    show=setup_screens.show,
    load=load_world,
    acts={
        Keep: keep,
        PassOver: pass_over,
        Begin: begin,
        TakeSample: take_sample,
        Connect: connect,
        GiveGroup: give_group,
        Mend: mend,
    },
    anew=lambda _: setup.first(),
    hides=setup.hides,
)
ELSEWHERE: Mapping[str, Wizard] = {
    FlowKind.COURSE: flow_desk.WIZARD,
    TARIFF.kind: list_desks.DESKS[TARIFF.kind],
}
"""The wizards it leads into."""
