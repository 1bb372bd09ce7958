"""A buyer's way into a group is theirs: fifty strangers stay outside, and they come back when they have left."""

import asyncio

from sqlalchemy import select

from core.db.models.commerce import memberships
from core.lifecycle import MembershipStatus
from sandbox.client.client import Group, Person, SandboxClient
from tests.stories.doors import come_in, is_closed, link_in, list_declined
from tests.stories.people import EN, Buyer, buyer, wait_for
from tests.stories.school import School, eventually, group_of

STRANGERS = 50
NEW_LINK = "Here is your link to the group"


async def test_fifty_strangers_stay_outside_and_the_buyer_who_left_comes_back(
    anna: Buyer, tg: SandboxClient, school: School
) -> None:
    ben = await buyer(tg, school, "en", "Ben")
    await asyncio.gather(_buy(anna, EN.feedback), _buy(ben, EN.basic))
    group = await group_of(tg, school, "feedback")
    strangers = [ben.person, *[await tg.person(f"Stranger {number}") for number in range(STRANGERS)]]
    link = link_in(await wait_for(anna.shop, EN.groups))
    await anna.shop.send("/purchases")
    shown = await wait_for(anna.shop, "Your tariff: “With feedback”")
    assert [str(row[0]["url"]) for row in shown.rows][1:] == [link]
    await _are_declined(tg, school, group, strangers, link)
    await come_in(anna.person, group, link)
    await eventually(lambda: is_closed(strangers[-1], link))

    await anna.person.chat(group).leave()
    await eventually(lambda: _has_left(school, anna.person))
    await anna.shop.send("/purchases")
    again = link_in(await wait_for(anna.shop, NEW_LINK))
    assert again != link
    await _are_declined(tg, school, group, strangers[:5], again)
    await come_in(anna.person, group, again)
    members = await group.members()
    inside = [one.id for one in strangers if members.get(one.id, "left") != "left"]
    print(f"a buyer's links in the hands of {len(strangers)} others: {len(inside)} let in, she herself twice")
    assert inside == []


async def _buy(one: Buyer, tariff: str) -> None:
    await one.reach_offer()
    await one.pay(tariff)


async def _are_declined(
    tg: SandboxClient, school: School, group: Group, people: list[Person], link: str
) -> None:
    wanted = sorted([*await list_declined(tg, school), *(one.id for one in people)])
    assert await asyncio.gather(*(one.join(link) for one in people)) == ["requested"] * len(people)

    async def is_done() -> bool:
        return sorted(await list_declined(tg, school)) == wanted

    await eventually(is_done)
    assert await group.requests() == []


async def _has_left(school: School, person: Person) -> bool:
    async with school.looking() as conn:
        status = await conn.scalar(select(memberships.c.status).where(memberships.c.user_id == person.id))
    return status == MembershipStatus.LEFT
