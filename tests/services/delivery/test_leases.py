"""One process acts for a bot; epochs only grow; a 429's deadline outlives a restart."""

import pytest

from core.db.session import Database
from services.delivery.leases import release_leases, renew_leases, take_lease
from services.delivery.sending import rate_holds
from services.delivery.sending.dead_letters import replay_dead_letter
from tests.factories.accounts import SALES_BOT
from tests.fakes.clock import StillClock

NAME = f"bot:{SALES_BOT}"


async def test_one_owner_at_a_time(room: Database, clock: StillClock) -> None:
    first = await take_lease(room, 1, NAME, "a", ttl=10)
    assert first
    assert await take_lease(room, 1, NAME, "b", ttl=10) is None
    clock.advance(seconds=9.9)
    assert await take_lease(room, 1, NAME, "b", ttl=10) is None
    clock.advance(seconds=0.2)
    second = await take_lease(room, 1, NAME, "b", ttl=10)
    assert second
    assert (first.epoch, second.epoch) == (1, 2)


async def test_renewed_in_time_it_is_kept(room: Database, clock: StillClock) -> None:
    lease = await take_lease(room, 1, NAME, "a", ttl=10)
    assert lease
    for _ in range(4):
        clock.advance(seconds=5)
        assert await renew_leases(room, "a", [lease], ttl=10) == []
        assert await take_lease(room, 1, NAME, "b", ttl=10) is None
    assert lease.valid_until == clock.monotonic() + 10
    assert lease.epoch == 1


async def test_one_that_was_taken_over_is_reported_lost(room: Database, clock: StillClock) -> None:
    lease = await take_lease(room, 1, NAME, "a", ttl=10)
    assert lease
    until = lease.valid_until
    clock.advance(seconds=11)
    await take_lease(room, 1, NAME, "b", ttl=10)
    assert await renew_leases(room, "a", [lease], ttl=10) == [lease]
    assert lease.valid_until == until


async def test_released_it_is_free_at_once_and_the_epoch_still_grows(room: Database) -> None:
    await take_lease(room, 1, NAME, "a", ttl=10)
    await release_leases(room, "a")
    again = await take_lease(room, 1, NAME, "b", ttl=10)
    assert again
    assert again.epoch == 2


async def test_force_takes_what_nobody_alive_can_hold(room: Database) -> None:
    await take_lease(room, 1, NAME, "a", ttl=10)
    lease = await take_lease(room, 1, NAME, "b", ttl=10, force=True)
    assert lease
    assert lease.epoch == 2


async def test_deadlines_are_kept_by_chat_and_forgotten_when_over(room: Database, clock: StillClock) -> None:
    await rate_holds.store(room, 1, SALES_BOT, 0, 30)
    await rate_holds.store(room, 1, SALES_BOT, -7, 90)
    clock.advance(seconds=10)
    assert await rate_holds.load(room, SALES_BOT) == {0: 20.0, -7: 80.0}
    clock.advance(seconds=25)
    assert await rate_holds.load(room, SALES_BOT) == {-7: 55.0}
    assert await rate_holds.load(room, SALES_BOT + 1) == {}


async def test_a_shorter_deadline_does_not_shorten_a_longer_one(room: Database) -> None:
    await rate_holds.store(room, 1, SALES_BOT, 0, 30)
    await rate_holds.store(room, 1, SALES_BOT, 0, 3)
    assert await rate_holds.load(room, SALES_BOT) == {0: 30.0}


async def test_an_unknown_kind_of_dead_letter_is_said_so(room: Database) -> None:
    async with room.unit(1) as uow:
        with pytest.raises(ValueError, match="update, call, timer, job"):
            await replay_dead_letter(uow, "letter", 1)


async def test_a_learned_burst_is_known_to_the_next_owner_for_its_time(
    room: Database, clock: StillClock
) -> None:
    assert await rate_holds.load_burst(room, SALES_BOT) is None
    await rate_holds.store_burst(room, 1, SALES_BOT, 4, 100)
    await rate_holds.store_burst(room, 1, SALES_BOT, 3, 100)
    clock.advance(seconds=10)
    assert await rate_holds.load_burst(room, SALES_BOT) == (3, 90.0)
    assert await rate_holds.load_burst(room, SALES_BOT + 1) is None
    clock.advance(seconds=100)
    assert await rate_holds.load_burst(room, SALES_BOT) is None
