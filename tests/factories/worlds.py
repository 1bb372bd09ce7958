"""One of everything for an account: the same people and names in every account, ids that tell accounts apart."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from core.db.base import metadata
from core.db.models.commerce import removal_guards
from core.db.models.commerce_partners import commissions, partner_rules, payouts
from core.db.models.messaging_clicks import broadcast_clicks, tracked_links
from core.db.models.tenancy import group_people, group_seats, groups
from core.db.session import UnitOfWork
from core.flow.history import RecordEvent
from core.flow.run import Run, dump_run_state
from core.lifecycle import (
    AccessStatus,
    BotKind,
    CardKind,
    HandoffStatus,
    InboxState,
    JobState,
    MembershipStatus,
    OrderStatus,
    OutboxState,
    PaymentStatus,
    Priority,
)
from core.lifecycle import BroadcastStatus as Broadcast
from core.to_many import BroadcastKind
from services.people.schemas import Contact
from tests.factories import flows, persons, sales, studies, traffic
from tests.factories.accounts import add_bot
from tests.factories.persons import ANNA
from tests.factories.rows import add_row

BORIS = ANNA + 1
GROUP = -100_500
HELD_UNTIL = datetime(2030, 1, 8, 9, 0, tzinfo=UTC)
World = dict[str, Any]  # what is in the account, by the names the stores' arguments have


async def build_world(uow: UnitOfWork, first_id: int, mark: str) -> World:
    """Fill an account; every id counts up from `first_id`, and `mark` stands in what belongs to it alone."""
    ids = count(first_id)
    world: World = {"mark": mark, "bot_id": next(ids), "sales_bot": next(ids)}
    await add_bot(uow, world["bot_id"], BotKind.COURSE, username=f"{mark}_course", token_sealed=mark)
    await add_bot(uow, world["sales_bot"], BotKind.SALES, username=f"{mark}_sales", token_sealed=mark)
    for build in (_people, _content, _commerce, _learning, _calls, _waiting, _talks, _team):
        world |= await build(uow, world, ids)
    return world


async def _people(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    names = {"last_name": world["mark"], "username": "anna"}
    contact = await persons.add_contact(uow, ANNA, id=next(ids), **names)
    friend = await persons.add_contact(uow, BORIS, id=next(ids), last_name=world["mark"])
    for one, state in ((contact, "open"), (friend, "blocked")):
        for bot_id in (world["bot_id"], world["sales_bot"]):
            await persons.add_chat(uow, bot_id, one, id=next(ids), state=state)
    await persons.add_variable(uow, contact.id, id=next(ids), value=world["mark"])
    await persons.add_tag(uow, contact.id, id=next(ids))
    segment_id = await persons.add_segment(uow, contact.id, id=next(ids))
    await persons.add_awaited(uow, world["bot_id"], id=next(ids), about=world["mark"])
    await persons.add_consent(uow, contact.id, id=next(ids), payload=world["mark"])
    await persons.add_consent(uow, contact.id, id=next(ids), version="v0", given_at=uow.now)
    address = {
        "contact_id": contact.id,
        "address": f"{world['mark']}@example.org",
        "token_hash": world["mark"],
    }
    await add_row(uow, metadata.tables["mail_addresses"], {**address, "asked_at": uow.now}, {"id": next(ids)})
    seen = {"chat_id": GROUP, "telegram_id": ANNA, "is_inside": True, "at": uow.now}
    await add_row(uow, group_people, {**seen, "id": next(ids)}, {})
    return {"segment_id": segment_id, "contact": contact, "contact_id": contact.id, "friend": friend}


async def _content(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    made: World = {}
    for name, flow, bot_id in (
        ("flow_id", flows.make_course(name=world["mark"]), world["bot_id"]),
        ("scenario_id", flows.make_scenario(name=world["mark"]), world["sales_bot"]),
    ):
        made[name] = await flows.add_flow(
            uow, flow, id=next(ids), draft={"slug": world["mark"], "steps": []}, draft_authors=[BORIS]
        )
        made["version_id"] = await flows.add_version(uow, made[name], flow, id=next(ids))
        made["deployment_id"] = await flows.add_deployment(
            uow, made[name], bot_id, id=next(ids), settings={"ban_text": world["mark"]}
        )
        await flows.add_link_name(uow, flow.slug, id=next(ids))
        if name == "flow_id":
            newer = {"number": 2, "digest": world["mark"], "document": {}}
            gone = {"environment": "test", "deleted_at": uow.now, "public_id": f"gone{world['mark']}"[:16]}
            made["gone_deployment"] = await flows.add_deployment(
                uow, made[name], bot_id, id=next(ids), is_active=False, **gone
            )
            made["newer_version"] = await flows.add_version(uow, made[name], flow, id=next(ids), **newer)
            course = dict(made)
    wizard_id = await flows.add_wizard(uow, world["bot_id"], world["mark"], id=next(ids))
    return {**made, **course, "public_id": f"dep{course['flow_id']}", "wizard_id": wizard_id}


async def _commerce(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    contact: Contact = world["contact"]
    mark: World = {"name": {"*": world["mark"]}, "onboarding": [{"text": world["mark"]}]}
    tariff_id = await sales.add_tariff(uow, world["flow_id"], id=next(ids), **mark)
    product_id = await sales.add_tariff(uow, world["scenario_id"], "product", id=next(ids), **mark)
    order_id = await sales.add_order(uow, contact, tariff_id, id=next(ids), bot_id=world["sales_bot"])
    payment_id = await sales.add_payment(uow, order_id, id=next(ids), external_id=world["mark"])
    world["refund_id"] = await _books(uow, world, ids, tariff_id)
    ends_at = uow.now + timedelta(days=3650)
    access_id = await sales.add_access(uow, contact.id, tariff_id, id=next(ids), ends_at=ends_at)
    group = await sales.add_community(uow, tariff_id, GROUP, id=next(ids))
    known = {"chat_id": GROUP, "type": "supergroup", "title": world["mark"], "language": "en"}
    group_id = await add_row(uow, groups, {**known, "id": next(ids), "former_id": GROUP + 1}, {})
    rank = {"group_id": group_id, "bot_id": world["sales_bot"], "status": "administrator", "rights": {}}
    seat_id = await add_row(uow, group_seats, {**rank, "id": next(ids)}, {})
    place = {"run_id": first_run(world), "run_visit": 1, "link": f"https://t.me/+{world['mark']}"}
    membership_id = await sales.add_membership(uow, access_id, group, ANNA, id=next(ids), **place)
    gone = {"status": AccessStatus.REVOKED}
    lost_access = await sales.add_access(uow, contact.id, product_id, id=next(ids), **gone)
    left = await sales.add_community(uow, product_id, GROUP - 2, id=next(ids))
    guard = {"last_at": uow.now, "seen": 1, "approved": 0, "is_off": False}
    await add_row(uow, removal_guards, {**guard, "id": next(ids)}, {})
    still = {
        "leaves_at": uow.now,
        "status": MembershipStatus.JOINED,
        "link": f"https://t.me/+still{world['mark']}",
        "is_last_said": True,
    }
    await sales.add_membership(uow, lost_access, left, ANNA, id=next(ids), **still)
    partner_id = await sales.add_partner(uow, world["friend"].id, id=next(ids))
    promo_id = await sales.add_promo(uow, id=next(ids), tariffs=[world["mark"]], partner_id=partner_id)
    await sales.add_promo_use(uow, promo_id, order_id, contact.id, id=next(ids))
    bought = {"state": "used", "number": 2}
    await sales.add_promo_use(uow, promo_id, world["paid_order"], contact.id, id=next(ids), **bought)
    await sales.add_promo_entry(uow, contact.id, promo_id, id=next(ids))
    await sales.add_referral(uow, partner_id, contact.id, id=next(ids))
    await sales.add_click(uow, partner_id, contact.id, id=next(ids))
    world["payout_id"] = await _shares(uow, world, ids, partner_id, payment_id)
    token = {"kind": "personal", "contact_id": contact.id, "access_id": access_id, "hash": world["mark"]}
    token_id = await flows.add_token(uow, world["deployment_id"], id=next(ids), **token)
    public = {"hash": f"public-{world['mark']}", "label": world["mark"]}
    open_token_id = await flows.add_token(uow, world["deployment_id"], id=next(ids), **public)
    return {
        "open_token_id": open_token_id,
        "tariff_id": tariff_id,
        "product_id": product_id,
        "order_id": order_id,
        "payment_id": payment_id,
        "access_id": access_id,
        "access_ends_at": ends_at,
        "community_id": group,
        "group_id": group_id,
        "seat_id": seat_id,
        "membership_id": membership_id,
        "lost_access": lost_access,
        "partner_id": partner_id,
        "promo_id": promo_id,
        "payout_id": world["payout_id"],
        "token_id": token_id,
    }


async def _shares(uow: UnitOfWork, world: World, ids: Iterator[int], partner_id: int, payment_id: int) -> int:
    """The rules for partners, a payout under way and its line, a line that can be asked for, a doubtful one."""
    await add_row(
        uow, partner_rules, {"touch": "last", "window_days": 1, "hold_days": 1, "id": next(ids)}, {}
    )
    about = {"partner_id": partner_id, "amount": 100, "currency": "RUB", "created_at": uow.now}
    payout_id = await add_row(uow, payouts, {**about, "status": "requested", "id": next(ids)}, {})
    line = {**about, "payment_id": payment_id, "refund_id": 0, "payable_at": uow.now}
    asked = {"level": 1, "status": "requested", "payout_id": payout_id}
    for more in (asked, {"level": 2, "status": "earned"}, {"level": 3, "status": "earned", "doubt": "burst"}):
        await add_row(uow, commissions, {**line, **more, "id": next(ids)}, {})
    booked = {**line, "payment_id": world["refunded_payment"], "level": 1, "status": "earned"}
    world["share_id"] = await add_row(uow, commissions, {**booked, "id": next(ids)}, {})
    return payout_id


async def _books(uow: UnitOfWork, world: World, ids: Iterator[int], tariff_id: int) -> int:
    """An order that was paid and opened nothing, another whose money went back, a line of the books, a refund."""
    settled = {"status": PaymentStatus.SUCCEEDED, "made_at": uow.now, "provider": "scripted"}
    settled["settled_at"] = uow.now
    more = {"public_id": f"more-{world['mark']}"[:16], "status": OrderStatus.PAID, "paid_at": uow.now}
    again = await sales.add_order(uow, world["contact"], tariff_id, id=next(ids), **more)
    await sales.add_payment(uow, again, id=next(ids), kind="renewal", external_id=f"again-{world['mark']}")
    more |= {"public_id": f"lost-{world['mark']}"[:16]}
    lost = await sales.add_order(uow, world["contact"], tariff_id, id=next(ids), **more)
    await sales.add_payment(uow, lost, id=next(ids), external_id=f"lost-{world['mark']}", **settled)
    came_by = {"utm": {"utm_source": world["mark"]}}
    for name in ("paid", "back"):
        paid = {
            **came_by,
            "public_id": f"{name}-{world['mark']}",
            "status": OrderStatus.PAID,
            "paid_at": uow.now,
            "credit": 1,
        }
        order_id = await sales.add_order(uow, world["contact"], tariff_id, id=next(ids), **paid)
        world.setdefault("paid_order", order_id)
        number = {"id": next(ids), "external_id": f"{name}-{world['mark']}"}
        payment_id = await sales.add_payment(uow, order_id, **number, **settled)
        world.setdefault("leaned_on", payment_id)
        settled["refunded"] = sales.PRICE
    opened = await sales.add_access(uow, world["contact_id"], tariff_id, id=next(ids), payment_id=payment_id)
    first = await sales.add_payment(uow, world["paid_order"], id=next(ids))
    gone = {"payment_id": first, "status": AccessStatus.REVOKED}
    await sales.add_access(uow, world["contact_id"], tariff_id, id=next(ids), **gone)
    await _subscription(uow, world, ids, (tariff_id, order_id, opened))
    await sales.add_ledger_line(uow, payment_id, id=next(ids), order_id=order_id)
    sold = {"book": "revenue", "entry": f"pay:of-{world['mark']}", "order_id": world["paid_order"]}
    await sales.add_ledger_line(uow, payment_id, id=next(ids), **sold)
    world["refunded_payment"], world["refunded_order"] = payment_id, order_id
    await sales.add_payer(uow, world["contact_id"], id=next(ids))
    await sales.add_payment_account(uow, id=next(ids), sealed=world["mark"])
    back = {"status": "succeeded", "settled_at": uow.now}
    await sales.add_refund(uow, world["leaned_on"], id=next(ids), **back)
    return await sales.add_refund(uow, payment_id, id=next(ids), external_id=world["mark"])


async def _subscription(
    uow: UnitOfWork, world: World, ids: Iterator[int], about: tuple[int, int, int]
) -> None:
    """One that is running, its next charge, which the buyer is to pay, and a gift."""
    named = {"id": next(ids), "profile": world["mark"]}
    subscription_id = await sales.add_subscription(uow, world["contact_id"], *about, **named)
    charge = {"subscription_id": subscription_id, "key": f"sub:{world['mark']}", "url": world["mark"]}
    world["unnamed_payment"] = await sales.add_payment(uow, about[1], id=next(ids), **charge)
    wanted = {"public_id": f"gift-{world['mark']}", "is_gift": True}
    order_id = await sales.add_order(uow, world["contact"], about[0], id=next(ids), **wanted)
    payment_id = await sales.add_payment(uow, order_id, id=next(ids))
    await sales.add_payment(uow, order_id, id=next(ids), status=PaymentStatus.HELD)
    hidden = {"id": next(ids), "token_hash": world["mark"]}
    world["gift_id"] = await sales.add_gift(uow, order_id, payment_id, **hidden)
    world |= {"subscription_id": subscription_id, "booked_order": about[1], "paid_access": about[2]}


def first_run(world: World) -> int:
    """The id the account's run will have; groups wait for it before it is there."""
    return int(world["bot_id"]) + 500


async def _learning(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    contact, bot_id = world["contact"], world["bot_id"]
    begun = {"access_id": world["access_id"], "deployment_id": world["deployment_id"]}
    run_id = await studies.add_run(uow, contact, bot_id, world["version_id"], id=first_run(world), **begun)
    ended = {**dump_run_state(Run.new()), "status": "completed"}
    over = {"status": "completed", "finished_at": uow.now, "state": ended}
    await studies.add_run(uow, world["friend"], bot_id, world["version_id"], id=run_id + 1, **over)
    here = {"step": "day1", "visit": 1, "entered_at": uow.now.isoformat(), "data": {}, "said": 1}
    stopped = {"state": {**dump_run_state(Run.new()), "here": here}}
    await studies.add_run(uow, world["friend"], bot_id, world["version_id"], id=run_id + 2, **stopped)
    await studies.add_step(uow, run_id, id=next(ids), event=RecordEvent.ENTERED)
    await studies.add_step(uow, run_id, id=next(ids), answer=world["mark"], score=1.0, max_score=1.0)
    await studies.add_poll(uow, run_id, bot_id, id=next(ids))
    await studies.add_turn(uow, run_id, id=next(ids), text=world["mark"])
    await studies.add_budget(uow, run_id, id=next(ids))
    world["certificate_id"] = await studies.add_certificate(
        uow, run_id, contact.id, world["mark"], id=next(ids)
    )
    held = {"claimed_by": BORIS, "claimed_until": HELD_UNTIL, "draft": {"text": world["mark"]}}
    submission_id = await studies.add_submission(uow, run_id, id=next(ids), title=world["mark"], **held)
    await studies.add_review(uow, submission_id, id=next(ids), reviewer_id=run_id)
    asked = {"text": world["mark"], "album": "album1"}
    await studies.add_question(uow, contact, bot_id, id=next(ids), **asked)
    done = {"status": "answered", "run_id": run_id, "answered_by": ANNA, "answered_at": uow.now}
    await studies.add_question(uow, contact, bot_id, id=next(ids), text=world["mark"], **done)
    question_id = await studies.add_question(uow, contact, bot_id, id=next(ids), status="open", **asked)
    card_id = await studies.add_card(uow, submission_id, bot_id, id=next(ids))
    answered = {"kind": CardKind.VERDICTS, "made_for": "answer", "message_id": 79}
    await studies.add_card(uow, submission_id, bot_id, id=next(ids), **answered)
    lost = {"thread": None, "lost": 7, "asked_at": uow.now - timedelta(days=1)}
    topic_id = await studies.add_topic(uow, contact.id, bot_id, id=next(ids), **lost)
    await studies.add_topic(uow, world["friend"].id, bot_id, id=next(ids))
    made = {"submission_id": submission_id, "question_id": question_id, "card_id": card_id}
    return {**made, "run_id": run_id, "topic_id": topic_id}


async def _calls(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    bot_id, said = world["bot_id"], {"payload": f'{{"text": "{world["mark"]}"}}'}
    ref = {
        "ref": f"run:{world['run_id']}:1",
        "telegram_message_id": 70,
        "state": OutboxState.SENT,
        "priority": Priority.LESSON,
    }
    key = f"run:{world['run_id']}:"
    await traffic.add_call(uow, bot_id, ANNA, f"{key}day1:1:0", id=next(ids), **said, **ref)
    twice = {"method": "sendPoll", "ref": f"run:{world['run_id']}:2", "possibly_twice": True}
    poll_call = await traffic.add_call(uow, bot_id, ANNA, f"{key}quiz:2:0", id=next(ids), **said, **twice)
    waiting = await traffic.add_call(uow, bot_id, ANNA, "waits", id=next(ids), **said)
    await traffic.add_call(uow, bot_id, BORIS, "flies", id=next(ids), **said, state=OutboxState.SENDING)
    failed = {"state": OutboxState.FAILED, "error": world["mark"]}
    dead = await traffic.add_call(uow, bot_id, BORIS, "failed", id=next(ids), **said, **failed)
    in_topic = {"payload": f'{{"message_thread_id":7,"text":"{world["mark"]}"}}'}
    await traffic.add_call(uow, bot_id, ANNA, "in topic", id=next(ids), **in_topic, **failed)
    broadcast_id = await traffic.add_broadcast(uow, bot_id, id=next(ids), **said)
    bulk = {"priority": Priority.BULK, "broadcast_id": broadcast_id, "possibly_twice": True}
    gone: dict[str, Any] = {"priority": Priority.TRANSACTIONAL, "state": OutboxState.AWAY}
    await traffic.add_call(uow, bot_id, ANNA, "away", id=next(ids), **said, **gone)
    gone["state"] = OutboxState.FAILED
    refused = await traffic.add_call(uow, bot_id, BORIS + 1, "refused", id=next(ids), **said, **gone)
    await traffic.add_call(uow, bot_id, ANNA, "bulk", id=next(ids), **bulk)
    shut = {**bulk, "state": OutboxState.FAILED, "error": world["mark"]}
    await traffic.add_call(uow, bot_id, BORIS, "bulk2", id=next(ids), **shut)
    await traffic.add_call(uow, bot_id, BORIS + 1, "bulk3", id=next(ids), **shut)
    empty = {"name": "News", "status": Broadcast.DRAFT, "method": None, "payload": None, "total": 0}
    filling = {"name": "Filling", "status": Broadcast.FILLING, "total": 0}
    await traffic.add_broadcast(uow, bot_id, id=next(ids), **empty)
    planned = {**empty, "status": Broadcast.SCHEDULED}
    await traffic.add_broadcast(uow, bot_id, id=next(ids), **planned)
    filling_id = await traffic.add_broadcast(uow, bot_id, id=next(ids), **filling)
    told_id, told_call = await _broadcast_with_responses(uow, world, ids)
    edit = {"kind": BroadcastKind.EDIT, "of_id": broadcast_id, "since": uow.real_now, **said}
    edit_id = await traffic.add_broadcast(uow, bot_id, id=next(ids), **edit)
    link = {"broadcast_id": broadcast_id, "url": f"https://{world['mark']}.example"}
    await add_row(uow, tracked_links, link, {"id": next(ids)})
    return {
        "told_id": told_id,
        "told_call": told_call,
        "edit_id": edit_id,
        "outbox_id": waiting,
        "refused_id": refused,
        "poll_call": poll_call,
        "dead_call": dead,
        "broadcast_id": broadcast_id,
        "filling_id": filling_id,
        "ref": ref["ref"],
        "key": key,
    }


async def _broadcast_with_responses(uow: UnitOfWork, world: World, ids: Iterator[int]) -> tuple[int, int]:
    """One that Anna and Boris got and Anna pressed, that waits for a third one's hour and is being sent to a fourth."""
    bot_id = world["bot_id"]
    told = await traffic.add_broadcast(
        uow, bot_id, id=next(ids), started_at=uow.now, payload=f'{{"text": "{world["mark"]}"}}'
    )
    bulk = {"priority": Priority.BULK, "broadcast_id": told, "variant": 1, "sending_since": uow.real_now}
    got = {"state": OutboxState.SENT, "telegram_message_id": 75, **bulk}
    call = await traffic.add_call(uow, bot_id, ANNA, "told1", id=next(ids), **got)
    await traffic.add_call(uow, bot_id, BORIS, "told2", id=next(ids), **got)
    planned = {**bulk, "state": OutboxState.PLANNED, "wave": 1}
    await traffic.add_call(uow, bot_id, BORIS + 1, "told3", id=next(ids), **planned)
    flying = {**bulk, "state": OutboxState.SENDING}
    await traffic.add_call(uow, bot_id, BORIS + 2, "told4", id=next(ids), **flying)
    said = {"direction": "out", "outbox_id": call, "at": uow.now - timedelta(hours=1)}
    await traffic.add_message(uow, bot_id, ANNA, id=next(ids), text=world["mark"], **said)
    click = {"broadcast_id": told, "chat_id": ANNA, "button": "0-0", "times": 1, "at": uow.now}
    await add_row(uow, broadcast_clicks, click, {"id": next(ids)})
    return told, call


async def _waiting(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    bot_id, mark = world["bot_id"], world["mark"]
    dead = {"state": InboxState.DEAD, "payload": mark, "update_id": 2}
    made = {
        "update_id": await traffic.add_update(uow, bot_id, id=next(ids), payload=mark),
        "dead_update": await traffic.add_update(uow, bot_id, id=next(ids), **dead),
        "timer_id": await traffic.add_timer(uow, "run", f"run:{mark}", id=next(ids)),
        "dead_timer": await traffic.add_timer(uow, "run", f"dead:{mark}", id=next(ids), attempts=5),
        "job_id": await traffic.add_job(
            uow, "check", f"job:{mark}", id=next(ids), state=JobState.RUNNING, attempts=1
        ),
        "long_job": await traffic.add_long_job(uow, mark, world["contact_id"], id=next(ids)),
        "dead_job": await traffic.add_job(uow, "check", f"dead:{mark}", id=next(ids), state=JobState.DEAD),
    }
    await traffic.add_lease(uow, f"bot:{bot_id}")
    await traffic.add_rate_hold(uow, bot_id, ANNA, id=next(ids))
    await traffic.add_burst(uow, bot_id, id=next(ids))
    heard = await traffic.add_message(uow, bot_id, ANNA, id=next(ids), text=mark, telegram_message_id=4)
    word = {"message_id": heard, "word": "hello"}
    await add_row(uow, metadata.tables["message_words"], word, {"id": next(ids)})
    await traffic.add_menu(uow, bot_id, id=next(ids), digest=mark)
    await _remaining(uow, world, ids)
    return made


async def _remaining(uow: UnitOfWork, world: World, ids: Iterator[int]) -> None:
    tables = metadata.tables
    file = {"bot_id": world["bot_id"], "ref": "a.png", "digest": "d", "file_id": world["mark"]}
    await add_row(uow, tables["media"], file, {"id": next(ids)})
    change = {"access_id": world["access_id"], "change": "given", "admin_id": 1001, "at": uow.now}
    await add_row(uow, tables["access_changes"], change, {"id": next(ids)})
    cohort = {"deployment_id": world["deployment_id"], "code": "spring", "starts_at": uow.now}
    more = {"sections": {world["mark"]: uow.now.isoformat()}, "created_at": uow.now}
    listed = {"deployment_id": world["deployment_id"], "telegram_id": ANNA, "added_at": uow.now}
    world["participant_id"] = await add_row(uow, tables["participants"], listed, {"id": next(ids)})
    await add_row(uow, tables["cohorts"], {**cohort, **more}, {"id": next(ids)})
    answer = {"id": "hello", "when": {"keyword": [world["mark"]]}, "answer": {"text": world["mark"]}}
    answers = {"bot_id": world["bot_id"], "digest": world["mark"], "document": [answer]}
    world["set_id"] = await add_row(
        uow, tables["trigger_sets"], {**answers, "changed_at": uow.now}, {"id": next(ids)}
    )
    met = {"bot_id": world["bot_id"], "code": "hello", "contact_id": world["contact_id"], "times": 1}
    await add_row(uow, tables["trigger_firings"], {**met, "at": uow.now}, {"id": next(ids)})


async def _imports(uow: UnitOfWork, world: World, ids: Iterator[int]) -> None:
    mark, tables = world["mark"], metadata.tables
    read = {
        "flow_id": world["flow_id"],
        "file": f"{mark}.yaml",
        "made_at": uow.now,
        "former_draft": {"name": mark},
    }
    world["import_id"] = await add_row(uow, tables["imports"], read, {"id": next(ids)})
    file = {"ref": f"kept/{mark}.png", "name": f"{mark}.png", "kind": "photo", "size": 9, "added_at": uow.now}
    world["file_id"] = await add_row(uow, tables["media_files"], file, {"id": next(ids)})
    gathering = {"bot_id": world["bot_id"], "chat_id": ANNA, "slug": mark, "version": 1, "made_at": uow.now}
    world["gathering_id"] = await add_row(uow, tables["gatherings"], gathering, {"id": next(ids)})
    placed = {"message_id": 1, "place": 1, "joined": False, "same_day": False, "post": {"text": mark}}
    world["post_id"] = await add_row(uow, tables["gathered_posts"], {"gathering_id": world["gathering_id"], **placed}, {"id": next(ids)})  # fmt: skip


async def _talks(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    """A talk, something said in it, a note, an outreach with somebody led and somebody who waits."""
    tables, mark = metadata.tables, world["mark"]
    patience = {"ring_seconds": 60.0, "silence_seconds": 60.0, "idle_seconds": 60.0}
    talk = {
        "bot_id": world["bot_id"],
        "contact_id": world["contact_id"],
        "chat_id": ANNA,
        "status": HandoffStatus.TALKING,
        "operator_id": BORIS,
        "tried": [mark],
        "round": 1,
        "had_talk": True,
        "last_at": uow.now,
        "opened_at": uow.now,
    }
    handoff_id = await add_row(uow, tables["handoffs"], {**talk, **patience}, {"id": next(ids)})
    about = f"talk:{handoff_id}"
    said = {"bot_id": world["bot_id"], "about": about, "side": "person", "chat_id": ANNA, "message_id": 70}
    shown = {
        "to_chat_id": BORIS,
        "to_message_id": 71,
        "ref": mark,
        "led_by": 9,
        "album": "a",
        "edited": False,
    }
    content = {"content": {"text": mark}, "leaves_at": uow.now, "at": uow.now}
    carried_id = await add_row(uow, tables["carried"], {**said, **shown, **content}, {"id": next(ids)})
    line = {**shown, "message_id": 69, "to_message_id": None, "led_by": None, "album": None}
    await add_row(uow, tables["carried"], {**said, **content, **line}, {"id": next(ids)})
    note = {"contact_id": world["contact_id"], "author_id": BORIS, "text": mark, "at": uow.now}
    await add_row(uow, tables["notes"], note, {"id": next(ids)})
    written = {"chat_id": ANNA, "author_id": 1001, "text": mark, "at": uow.real_now}
    await add_row(uow, tables["reply_drafts"], written, {"id": next(ids)})
    begun = {"name": mark, "flow_id": world["flow_id"], "digest": "same", "started_at": uow.now}
    outreach_id = await add_row(uow, tables["outreaches"], begun, {"id": next(ids)})
    person = {"outreach_id": outreach_id, "given": mark, "contact_id": world["contact_id"]}
    led = {"position": 1, "run_id": world["run_id"]}
    reached_id = await add_row(uow, tables["outreach_people"], {**person, **led}, {"id": next(ids)})
    await add_row(uow, tables["outreach_people"], {**person, "position": 2}, {"id": next(ids)})
    await _imports(uow, world, ids)
    value = {"bot_id": world["bot_id"], "name": "words", "value": mark}
    await add_row(uow, tables["bot_values"], value, {"id": next(ids)})
    shared = {"name": "words", "rows": [[{"text": mark, "url": "https://example.org"}]]}
    button_set_id = await add_row(uow, tables["button_sets"], shared, {"id": next(ids)})
    comment = {"flow_id": world["flow_id"], "step": "day1", "author_id": BORIS, "text": mark, "at": uow.now}
    comment_id = await add_row(uow, tables["step_comments"], comment, {"id": next(ids)})
    return {
        "handoff_id": handoff_id,
        "carried_id": carried_id,
        "outreach_id": outreach_id,
        "reached_id": reached_id,
        "button_set_id": button_set_id,
        "comment_id": comment_id,
    }


async def _team(uow: UnitOfWork, world: World, ids: Iterator[int]) -> Mapping[str, Any]:
    """Who works here, what they did, and what they keep ready."""
    mark, tables = world["mark"], metadata.tables
    member = {"telegram_id": ANNA, "name": mark, "added_at": uow.now}
    for role in ("operator", "owner"):
        await add_row(uow, tables["members"], {**member, "role": role}, {"id": next(ids)})
    deed = {"at": uow.now, "actor_id": ANNA, "act": "give", "said": mark, "contact_id": world["contact_id"]}
    await add_row(uow, tables["audit_log"], deed, {"id": next(ids)})
    await add_row(uow, tables["audit_log"], deed, {"id": next(ids), "number": 1, "code": mark})
    await add_row(uow, tables["audit_log"], deed, {"id": next(ids)})
    plan = {"code": "school", "name": {"*": mark}, "limits": {}, "tariff": "basic", "is_offered": True}
    await add_row(uow, tables["plans"], {**plan, "position": 0}, {"id": next(ids)})
    await add_row(uow, tables["account_plans"], {"code": "school", "payer_id": ANNA}, {"id": next(ids)})
    address = {"url": f"https://{mark}.example", "events": [], "secret_sealed": mark, "created_at": uow.now}
    webhook_id = await add_row(uow, tables["webhooks"], address, {"id": next(ids)})
    said = {"webhook_id": webhook_id, "event": "order.paid", "body": mark, "state": "sent", "at": uow.now}
    delivery_id = await add_row(
        uow, tables["webhook_deliveries"], {**said, "rounds": 1, "attempts": 1}, {"id": next(ids)}
    )
    sealed = uow.env.keys.seal(mark, f"audit_heads/{uow.account_id}")
    end = {"key_sealed": sealed, "older": 1, "origin": mark, "count": 1, "code": mark, "seal": mark}
    await add_row(uow, tables["audit_heads"], end, {"id": next(ids)})
    ready = {
        "bot_id": world["bot_id"],
        "name": mark,
        "chat_id": ANNA,
        "message_id": 1,
        "content": {"text": mark},
    }
    canned_id = await add_row(
        uow, tables["canned_replies"], {**ready, "created_at": uow.now}, {"id": next(ids)}
    )
    told = {"webhook_id": webhook_id, "told_delivery_id": delivery_id}
    return {"canned_id": canned_id, **told, **await _signed_in(uow, mark, ids)}


async def _signed_in(uow: UnitOfWork, mark: str, ids: Iterator[int]) -> Mapping[str, Any]:
    """A browser, the code that opened it, a key, what was answered, and what has changed."""
    tables, later = metadata.tables, uow.now + timedelta(days=1)
    code = {"telegram_id": ANNA, "code_hash": mark, "expires_at": later}
    await add_row(uow, tables["login_codes"], code, {"id": next(ids)})
    invited = {"role": "author", "token_hash": mark, "expires_at": later}
    await add_row(uow, tables["invitations"], invited, {"id": next(ids)})
    times = {"rotated_at": uow.now, "created_at": uow.now, "seen_at": uow.now}
    session = {"telegram_id": ANNA, "token_hash": mark, "way": "code", "device": mark}
    await add_row(uow, tables["sessions"], {**session, **times}, {"id": next(ids)})
    key = {"creator_id": ANNA, "name": mark, "permissions": [], "secret_hash": mark, "ending": "abcd"}
    key_id = await add_row(uow, tables["api_keys"], {**key, "created_at": uow.now}, {"id": next(ids)})
    asked = {"actor": "member:1", "operation": "give", "key": mark, "body_hash": "", "at": uow.now}
    answered = {"status": 200, "answer": mark}
    await add_row(uow, tables["idempotency_keys"], {**asked, **answered}, {"id": next(ids)})
    changed = {"topic": "inbox", "kind": "contact", "row_id": key_id, "at": uow.now}
    change_id = await add_row(uow, tables["feed"], changed, {"id": next(ids)})
    return {"key_id": key_id, "change_id": change_id}
