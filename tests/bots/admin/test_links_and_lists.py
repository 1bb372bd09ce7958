"""An admin makes, lists and closes links into a course, and keeps the list of a restricted one."""

import re
from dataclasses import replace

import pytest

from core.db.models.content import enrollment_tokens, participants
from core.db.models.people import contacts
from core.text import catalog
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.people.consents import VERSION
from tests.bots.admin.desk import Desk
from tests.factories.accounts import COURSE_BOT
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_consent, add_contact
from tests.factories.rows import count_rows, read_rows
from tests.factories.shops import Shop
from utils.sealed import KeyRing

LINK = re.compile(r"https://t\.me/\S+\?start=(\S+)")
BORIS = 2001


async def say(desk: Desk, text: str) -> str:
    return "\n".join(one.text for one in await desk.write(text))


@pytest.fixture(autouse=True)
async def _people(desk: Desk, shop: Shop) -> None:
    """Both have agreed long ago and speak English."""
    async with desk.db.unit(1) as uow:
        await uow.conn.execute(contacts.update().values(language="en"))
        boris = await add_contact(uow, BORIS, language="en")
        for contact in (shop.buyer, boris):
            await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)


async def enter(desk: Desk, payload: str, who: int = ANNA) -> str:
    """Somebody opens the link in the course bot; all they have heard there since."""
    known = len(desk.calls)
    await desk.write(f"/start {payload}", who, COURSE_BOT)
    return "\n".join(one.text for one in desk.calls[known:] if one.chat == who)


async def issue(desk: Desk, words: str) -> str:
    """The payload of a new link."""
    found = LINK.search(await say(desk, f"/token {words}"))
    assert found
    return found[1]


async def test_links_are_shown_while_their_key_is_there_and_then_named_hidden(desk: Desk, shop: Shop) -> None:
    payload = await issue(desk, "public label=blog")
    new, [old] = b"n" * 32, [desk.db.env.keys.primary]
    desk.db.env = replace(desk.db.env, keys=KeyRing({"k2": new, "k1": old}))
    assert payload in await say(desk, "/tokens")
    assert "One thought" in await enter(desk, payload)
    desk.db.env = replace(desk.db.env, keys=KeyRing({"k2": new}))
    shown = await say(desk, "/tokens")
    assert payload not in shown
    assert ("blog" in shown, catalog.say("token-hidden", "en", {}) in shown) == (True, True)


async def test_a_link_lets_in_until_it_is_closed(desk: Desk, shop: Shop) -> None:
    payload = await issue(desk, "public label=blog")
    shown = await say(desk, "/tokens")
    assert (payload in shown, "blog" in shown, "people: 0" in shown) == (True, True, True)
    assert "One thought" in await enter(desk, payload)
    assert "people: 1" in await say(desk, "/tokens")
    number = (await read_rows(desk.db, enrollment_tokens))[-1].id
    assert "is closed" in await say(desk, f"/revoketoken {number}")
    assert "does not fit" in await enter(desk, payload, BORIS)
    assert "closed" in await say(desk, "/tokens")
    assert "no open link" in await say(desk, f"/revoketoken {number}")


async def test_a_link_that_has_ended_lets_nobody_in(desk: Desk, shop: Shop) -> None:
    payload = await issue(desk, "group uses=2 days=1")
    assert "people: 0/2" in await say(desk, "/tokens")
    desk.db.clock.advance(days=2)  # type: ignore[attr-defined] - the test's own clock
    assert "does not fit" in await enter(desk, payload)


async def test_a_personal_link_is_hers_alone(desk: Desk, shop: Shop) -> None:
    payload = await issue(desk, f"personal for={ANNA}")
    assert "does not fit" in await enter(desk, payload, BORIS)
    assert "One thought" in await enter(desk, payload)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "A new link into a course"),
        ("secret", "This does not fit: "),
        ("group", "This does not fit: "),
        ("public days=never", "This does not fit: "),
        ("public colour=red", "This does not fit: "),
        ("public course=cooking", "Which course? Add its short name: words"),
    ],
)
async def test_what_cannot_be_issued_is_explained_and_nothing_is_made(
    desk: Desk, shop: Shop, words: str, said: str
) -> None:
    before = await count_rows(desk.db, enrollment_tokens)
    assert said in await say(desk, f"/token {words}")
    assert await count_rows(desk.db, enrollment_tokens) == before


@pytest.mark.parametrize("given", ["", "twelve", "9" * 30, "12 13"])
async def test_a_number_that_is_none_closes_nothing(desk: Desk, shop: Shop, given: str) -> None:
    assert "Write the number" in await say(desk, f"/revoketoken {given}")


async def test_of_several_courses_one_has_to_be_named(desk: Desk, shop: Shop) -> None:
    async with desk.db.unit(1) as uow:
        second = await publish_flow(uow, make_course("deeds"))
        await deploy_flow(uow, second.flow_id, COURSE_BOT)
    assert "Which course? Add its short name: words, deeds" in await say(desk, "/tokens")
    assert "There are no links" in await say(desk, "/tokens deeds")
    assert LINK.search(await say(desk, "/token public course=deeds"))


async def test_the_list_is_shown_added_to_and_shortened(desk: Desk, shop: Shop) -> None:
    assert await say(desk, "/participants") == "Nobody is on the list."
    assert "2 people were put" in await say(desk, f"/participants add {ANNA} @Boris_1")
    assert "0 people" in await say(desk, f"/participants add {ANNA}")
    assert f"On the list: 2\n{ANNA}, @boris_1" in await say(desk, "/participants")
    assert "1 person was taken" in await say(desk, "/participants remove @boris_1")
    assert await count_rows(desk.db, participants) == 1


@pytest.mark.parametrize("words", ["add", "remove", "forget 1", f"add {ANNA} b", "add 0", "add " + "9" * 30])
async def test_a_wrong_word_changes_nobody(desk: Desk, shop: Shop, words: str) -> None:
    assert "Write /participants to see the list" in await say(desk, f"/participants {words}")
    assert await count_rows(desk.db, participants) == 0


async def test_for_others_these_commands_do_not_exist(desk: Desk, shop: Shop) -> None:
    before = await count_rows(desk.db, enrollment_tokens)
    for command in ("/tokens", "/token public", "/revoketoken 1", "/participants add 1002"):
        said = "\n".join(one.text for one in await desk.write(command, ANNA))
        assert LINK.search(said) is None
    assert await count_rows(desk.db, enrollment_tokens) == before
    assert await count_rows(desk.db, participants) == 0
