"""What each store function is called with in the two-tenant test, from the names of its arguments.

A new store function whose arguments have these names needs nothing here. Otherwise write its row into
SPECIAL, or a new name into BY_NAME; it must find or change something of the world it is called with.
"""

import importlib
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Table, true

import services
from core.db.keyset import Order, Slice
from core.db.models.commerce import accesses, orders, payments, tariffs
from core.db.models.content import (
    button_sets,
    cohorts,
    deployments,
    enrollment_tokens,
    flow_versions,
    flows,
    media_files,
    participants,
)
from core.db.models.content_comments import step_comments
from core.db.models.delivery import jobs, messages, outbox
from core.db.models.learning import certificates, runs, submissions
from core.db.models.messaging import broadcasts, canned_replies, handoffs, trigger_sets
from core.db.models.people import contacts
from core.db.models.tenancy import audit_log
from core.db.models.tenancy_webhooks import webhook_deliveries
from core.groups import GroupTrouble
from core.lifecycle import (
    AccessStatus,
    BotEnd,
    BotTrouble,
    BroadcastStatus,
    CardKind,
    HandoffStatus,
    InboxState,
    MembershipStatus,
    NameKind,
    OrderStatus,
    PaymentStatus,
    PromoUse,
    QuestionStatus,
    RefundStatus,
    Side,
    SubmissionStatus,
)
from core.public_ids import CONTACT
from core.roles import MemberRole
from core.rules.commission import PartnerRules
from core.rules.ledger import Book
from services.commerce.lists import WantedOrders, WantedPayments
from services.commerce.schemas import Access
from services.delivery.schemas import BulkCall, Carried, ClaimedJob, Followers, SetTimer
from services.learning.schemas import Claim, Sought
from services.messaging.schemas import SoughtMessages, WantedTalks
from services.people.conditions.audience import recipients
from services.people.conditions.base import Scope
from services.people.conditions.numbers.figures import WHO
from tests.factories.persons import ANNA
from tests.factories.sales import PRICE
from tests.factories.worlds import BORIS, GROUP, World

ALL_ACCOUNTS = "# all accounts:"
NOW = datetime(2030, 1, 7, 9, 0, tzinfo=UTC)
BEFORE, LATER = NOW - timedelta(days=1), NOW + timedelta(days=1)
PLACES = Slice(Order((deployments.c.id,)), 9)
WORKS = Slice(Order((submissions.c.id,)), 9)
Function = Callable[..., Awaitable[Any]]
Give = Callable[[World], Any]


def same(value: Any) -> Give:
    """An argument that is alike for every account."""
    return lambda _: value


def of(name: str) -> Give:
    """Something of the world."""
    return lambda world: world[name]


def moved(to: Any, *allowed: Any) -> Mapping[str, Give]:
    """The arguments of a state's move."""
    return {"to": same(to), "allowed": same(allowed), "more": same({})}


def row(**values: Any) -> Mapping[str, Give]:
    """A row to add: fixed values, and what is taken from the world."""
    return {"row": lambda world: {name: _value(one, world) for name, one in values.items()}}


ASKED: Mapping[str, Give] = {"actor": same("member:1"), "operation": same("give"), "key": of("mark")}
TOLD: Mapping[str, Give] = {"broadcast_id": of("told_id"), "begun": same(BEFORE)}


def _value(one: Any, world: World) -> Any:
    return one(world) if callable(one) else one


OWN = (
    "contact",
    "contact_id",
    "bot_id",
    "tariff_id",
    "order_id",
    "payment_id",
    "access_id",
    "wizard_id",
    "membership_id",
    "partner_id",
    "promo_id",
    "payout_id",
    "refund_id",
    "subscription_id",
    "gift_id",
    "flow_id",
    "version_id",
    "deployment_id",
    "token_id",
    "run_id",
    "group_id",
    "seat_id",
    "submission_id",
    "question_id",
    "card_id",
    "topic_id",
    "broadcast_id",
    "handoff_id",
    "carried_id",
    "outreach_id",
    "canned_id",
    "reached_id",
    "timer_id",
    "import_id",
    "key_id",
    "change_id",
    "gathering_id",
    "post_id",
    "comment_id",
    "ref",
    "public_id",
)
BY_NAME: Mapping[str, Give] = {name: of(name) for name in OWN} | {
    "flow_version_id": of("version_id"),
    "subject_id": of("submission_id"),
    "refs": lambda world: [world["ref"]],
    "row_id": of("outbox_id"),
    "contact_ids": lambda world: [world["contact_id"]],
    "run_ids": lambda world: [world["run_id"]],
    "flow_version_ids": lambda world: [world["version_id"]],
    "flow_ids": lambda world: [world["flow_id"]],
    "access_ids": lambda world: [world["access_id"]],
    "subscription_ids": lambda world: [world["subscription_id"]],
    "promo_ids": lambda world: [world["promo_id"]],
    "tariff_ids": lambda world: [world["tariff_id"]],
    "order_ids": lambda world: [world["order_id"]],
    "bot_ids": lambda world: [world["bot_id"]],
    "token_hash": of("mark"),
    "key_prefix": of("key"),
    "telegram_id": same(ANNA),
    "telegram_ids": same([ANNA, BORIS]),
    "user_id": same(ANNA),
    "chat_id": same(ANNA),
    "chat_ids": same([GROUP - 1]),
    "thread": same(7),
    "username": same("anna"),
    "usernames": same(["anna"]),
    "words": same("Anna"),
    "author_id": same(1001),
    "message_id": same(70),
    "visit": same(1),
    "attempt": same(1),
    "version": same(0),
    "album": same("album1"),
    "kinds": same((CardKind.WORK,)),
    "statuses": same(("active",)),
    "code": same("basic"),
    "currency": same("RUB"),
    "codes": same(()),
    "kept": same(()),
    "slug": same("words"),
    "name": same("words"),
    "method": same("sendMessage"),
    "limit": same(10),
    "owner": same(None),
    "most": same(10),
    "offset": same(0),
    "error": same("why"),
    "force": same(True),
    "now": same(NOW),
    "real_now": same(NOW),
    "next_at": same(LATER),
    "until": same(LATER),
    "seconds": same(60.0),
    "burst": same(2),
    "expires_at": same(LATER),
    "revoked_at": same(NOW),
    "since": same(BEFORE),
    "moment": same(BEFORE),
    "after_id": same(0),
    "pieces": same([1]),
    "work": same({"pieces": [1]}),
    "poll_id": same("5400"),
    "clause": same(true()),
    "operator_id": same(BORIS),
    "operators": same([BORIS]),
    "digest": same("same"),
    "role": same("operator"),
}


def _part(table: Table) -> Give:
    """The first rows of a list."""
    return same(Slice(Order((table.c.id,)), 9))


BOOKED = {"entry": "x", "book": "fee", "amount": 1, "currency": "RUB", "at": NOW}
TARIFF = {"name": {"*": "x"}, "description": {"*": "x"}, "price": 1, "currency": "RUB", "position": 0}


def _piece(world: World) -> Carried:
    """What the same person says next in the talk."""
    about, nobody = f"talk:{world['handoff_id']}", None
    return Carried(
        10**9,
        world["bot_id"],
        about,
        Side.PERSON,
        nobody,
        nobody,
        nobody,
        ANNA,
        72,
        {},
        "a",
        BORIS,
        nobody,
        edited=False,
        at=NOW,
    )


def _to_anna(world: World) -> Carried:
    """What was brought where a call waits."""
    return Carried(
        1, world["bot_id"], "x", Side.PERSON, None, None, None, ANNA, 1, {}, None, ANNA, 1, False, NOW
    )


SPECIAL: Mapping[str, Mapping[str, Give]] = {
    "commerce.why.find_buyer": {"words": of("mark")},
    "commerce.removal.list_outsiders": {"membership_id": same(None)},
    "commerce.tariffs.set_commission": {"commission": same({"first": "1%"})},
    "commerce.commissions.put_rules": {"rules": same(PartnerRules())},
    "commerce.commissions.find_first_bought": {"but": same(0)},
    "commerce.commissions.load_partners": {"partner_ids": lambda world: [world["partner_id"]]},
    "commerce.commissions.set_parent": {"parent_id": same(7)},
    "commerce.commissions.add_commission": row(
        partner_id=of("partner_id"),
        payment_id=of("payment_id"),
        level=1,
        refund_id=9,
        amount=1,
        currency="RUB",
        status="earned",
        payable_at=NOW,
        created_at=NOW,
    ),
    "commerce.doubts.put_doubt": {"line_ids": lambda world: [world["share_id"]], "doubt": same("receiver")},
    "commerce.doubts.settle_doubt": {"status": same("cancelled")},
    "commerce.doubts.count_recent": {"since": same(BEFORE)},
    "commerce.tariffs.retire": {"on_sale": same(())},
    "commerce.doubts.pays_alike": {"partner_contact": of("contact_id"), "other": of("contact_id")},
    "commerce.commissions.open_payout": row(
        partner_id=of("partner_id"), amount=1, currency="EUR", status="requested", created_at=NOW
    ),
    "commerce.commissions.gather": {
        "payout": lambda world: {
            "partner_id": world["partner_id"],
            "currency": "RUB",
            "id": world["payout_id"],
        },
    },
    "commerce.commissions.fill_payout": {"amount": same(5), "sealed": same("s")},
    "commerce.commissions.list_payouts": {"statuses": same(["requested"])},
    "commerce.commissions.move_payout": moved("paid", "requested"),
    "commerce.commissions.move_commissions": {"to": same("paid"), "keeps": same(value=True)},
    "delivery.timers.put_earlier": {
        "changed": lambda world: [SetTimer(world["timer_id"], "wake", {}, LATER, NOW, None, None)]
    },
    "delivery.inbox.empty": {"update_id": same(1)},
    "commerce.access.find_by_link": {"link": lambda world: f"https://t.me/+{world['mark']}"},
    "commerce.removal.note_word": {"leaves_at": same(LATER), "is_last": same(value=False)},
    "commerce.removal.forget_words": {"outside": same([])},
    "commerce.removal.put_guard": row(
        last_at=NOW, seen=1, alarm=None, alarm_at=None, approved=0, is_off=True
    ),
    "content.flows.set_draft": {"draft": same({"slug": "x"}), "draft_at": same(NOW)},
    "learning.version_migration.list_elsewhere": {
        "version_id": of("newer_version"),
        "only": same(None),
        "but": same(()),
    },
    "learning.version_migration.pin": {"state": same({})},
    "learning.people_import.ban": {"used": same(3), "banned_at": same(NOW)},
    "learning.dialogs.add_turn": row(
        run_id=of("run_id"), step="talk", visit=9, turn=9, role="user", text="", at=NOW
    ),
    "learning.dialogs.list_turns": {"step": same("talk")},
    "learning.dialogs.list_answers": {"step": same("day1")},
    "learning.runs.find_last_visit": {"step": same("day1")},
    "learning.dialogs.pardon": {"pardoned_at": same(NOW)},
    "learning.certificates.add_certificate": row(
        number=of("public_id"),
        run_id=of("run_id"),
        visit=9,
        contact_id=of("contact_id"),
        name="Anna",
        course="Words",
        language="en",
        zone="UTC",
        score=1.0,
        max_score=1.0,
        issued_at=NOW,
    ),
    "learning.certificates.keep_pdf": {"pdf": same("kept/1.pdf")},
    "learning.certificates.revoke_certificate": {"number": of("mark"), "reason": same("why")},
    "learning.certificates.is_known": {"number": of("mark")},
    "learning.polls.find_ref": {"outbox_id": of("poll_call")},
    "learning.polls.find_call": {"outbox_id": of("poll_call")},
    "people.contacts.put_awaited": row(
        bot_id=of("bot_id"), chat_id=ANNA, kind="zone", about="", asked_at=NOW, expires_at=LATER
    ),
    "content.wizards.find_wizard": {"kind": same("scenario")},
    "content.wizards.list_wizards": {"kind": same("scenario")},
    "content.wizards.put_wizard": row(
        bot_id=of("bot_id"),
        chat_id=ANNA,
        kind="scenario",
        state={},
        choices=[],
        version=2,
        message_id=None,
        touched_at=NOW,
    ),
    "content.wizards.move_wizard": {"version": same(1), "values": same({"touched_at": LATER})},
    "people.contacts.find_awaited": {"now": same(BEFORE)},
    "people.contacts.drop_awaited": {"kind": same("question")},
    "people.contacts.add_tag": {"name": same("new")},
    "content.flows.list_products": {"kind": same("scenario")},
    "content.media.has_ref": {"ref": lambda world: f"kept/{world['mark']}.png"},
    "people.mail.put_address": row(
        contact_id=of("contact_id"), address="x@example.org", token_hash="x", asked_at=NOW
    ),
    "tenancy.counted.count_broadcasts": {"since": same(BEFORE)},
    "tenancy.plans.put_plan": row(code="new", name={"*": "x"}, limits={}, is_offered=True, position=1),
    "tenancy.plans.find_account_plan": {"locked": same(True)},
    "tenancy.plans.is_sold_product": {"code": same("product")},
    "tenancy.plans.put_account_plan": row(code="other"),
    "tenancy.plans.change_account_plan": {"values": same({"code": "other"})},
    "tenancy.plans.find_access": {"tariff": same("basic")},
    "tenancy.accounts.list_seats": {"bot_id": of("sales_bot")},
    "content.flows.load_draft": {"locked": same(True)},
    "messaging.broadcasts.count_started": {"since": same(NOW - timedelta(days=9))},
    "messaging.broadcasts.find_broadcast": {"locked": same(False)},
    "commerce.tariffs.change_tariff": {"values": same({"price": PRICE + 1})},
    "commerce.access.grant": row(
        contact_id=of("contact_id"),
        tariff_id=of("tariff_id"),
        payment_id=of("payment_id"),
        status=AccessStatus.ACTIVE,
        granted_at=NOW,
    ),
    "commerce.access.put_off_end": {"by": same(timedelta(days=1))},
    "commerce.access.extend": {
        "access": lambda world: Access(
            world["access_id"], 0, 0, "", {}, AccessStatus.ACTIVE, world["access_ends_at"]
        ),
        "by": same(timedelta(days=1)),
    },
    "commerce.access.move_access": moved(AccessStatus.REVOKED, AccessStatus.ACTIVE),
    "commerce.access.reopen": {"access_id": of("lost_access")},
    "commerce.orders.keep_number": {"payment_id": of("unnamed_payment"), "external_id": same("N-1")},
    "commerce.leaning.list_leaning": {"payment_id": of("leaned_on")},
    "commerce.leaning.sum_returned": {"order_id": of("refunded_order")},
    "commerce.access.put_membership": row(
        access_id=of("access_id"),
        community_id=of("community_id"),
        user_id=ANNA,
        status=MembershipStatus.ASKED,
        run_id=None,
        run_visit=None,
        created_at=NOW,
    ),
    "commerce.access.list_of_user": {"chat_id": same(GROUP), "opened": same(True)},
    "commerce.access.is_community": {"chat_id": same(GROUP)},
    "commerce.access.list_joined_by": {"access_id": of("lost_access")},
    "commerce.access.move_communities": {"chat_id": same(GROUP), "new_id": same(GROUP - 9)},
    "commerce.removal.bring_forward": {"chat_id": same(GROUP - 2), "now": same(BEFORE)},
    "commerce.access.list_waiting_outside": {"chat_id": same(GROUP)},
    "commerce.access.move_membership": moved(MembershipStatus.JOINED, MembershipStatus.INVITED),
    "commerce.subscriptions.get_payment_id": {"access_id": of("paid_access")},
    "commerce.subscriptions.set_access_end": {"ends_at": same(LATER)},
    "commerce.subscriptions.add": row(
        contact_id=lambda world: world["friend"].id,
        tariff_id=of("tariff_id"),
        order_id=of("order_id"),
        access_id=of("access_id"),
        plan={"period": "month"},
        price=1,
        currency="RUB",
        provider="x",
        state="active",
        anchor="2030-01-07T09:00:00",
        periods=1,
        charges=1,
        paid_until=LATER,
        tries=0,
        is_charging=False,
        created_at=NOW,
    ),
    "commerce.subscriptions.change": {"values": same({"tries": 2})},
    "commerce.subscriptions.find_of_access": {"access_id": of("paid_access")},
    "commerce.subscriptions.find_charged_tariff": {"amount": same(1)},
    "commerce.subscriptions.find_open_charge": {"amount": same(PRICE)},
    "commerce.subscriptions.find_of_profile": {"provider": same("mock"), "profile": of("mark")},
    "commerce.subscriptions.find_of_order": {"order_id": of("booked_order")},
    "commerce.subscriptions.find_last_paid": {"order_id": of("booked_order")},
    "commerce.subscriptions.count_charges": {"key_prefix": same("sub:")},
    "commerce.gifts.add_gift": row(
        order_id=of("order_id"), payment_id=of("payment_id"), state="ready", created_at=NOW
    ),
    "commerce.gifts.keep_hash": {"token_hash": same("changed")},
    "commerce.gifts.claim_gift": {"claimed_at": same(NOW)},
    "commerce.orders.open_order": row(
        public_id="new",
        contact_id=lambda world: world["friend"].id,
        tariff_id=of("tariff_id"),
        flow_id=of("flow_id"),
        bot_id=of("bot_id"),
        chat_id=ANNA,
        price=1,
        currency="RUB",
        status=OrderStatus.OPEN,
        created_at=NOW,
    ),
    "commerce.orders.find_payment": {"provider": same("mock"), "external_id": of("mark")},
    "commerce.orders.move_order": moved(OrderStatus.PAID, OrderStatus.OPEN),
    "commerce.orders.add_payment": row(
        order_id=of("order_id"), provider="x", amount=1, currency="RUB", status="new", created_at=NOW
    ),
    "commerce.comparing.list_paid": {
        "provider": same("scripted"),
        "since": same(NOW - timedelta(days=9999)),
        "until": same(NOW + timedelta(days=9999)),
    },
    "commerce.provider_events.add_event": row(
        provider="x", key="k", external_id="e", event="paid", facts=None, received_at=NOW
    ),
    "commerce.tariffs.list_page": {
        "flow_id": same(None),
        "is_on_sale": same(None),
        "part": _part(tariffs),
    },
    "commerce.tariffs.count_tariffs": {"flow_id": same(None), "is_on_sale": same(None)},
    "commerce.why.measure_ungranted": {"before": same(LATER)},
    "insight.home.measure_cause": {"cause": same("dead-letters")},
    "insight.home.count_lessons": {"since": same(BEFORE)},
    "insight.reports.list_quizzes": {"since": same(BEFORE), "flow_id": same(None)},
    "insight.pages.count_newcomers": {"begins": same([NOW, BEFORE])},
    "insight.home.list_due": {"kinds": same(("run",))},
    "messaging.conversations.list_conversations": {"part": _part(messages), "wanted": same(WantedTalks())},
    "messaging.conversations.list_waiting": {"telegram_id": same(ANNA), "key_prefix": same("")},
    "content.comments.add_comment": row(flow_id=of("flow_id"), author_id=BORIS, text="x", at=NOW),
    "content.comments.list_comments": {
        "part": _part(step_comments),
        "step": same(None),
        "is_open": same(value=True),
    },
    "content.comments.set_resolved": {"values": same({"resolved_by": BORIS, "resolved_at": NOW})},
    "content.shared.list_button_set_page": {"part": _part(button_sets)},
    "content.shared.find_button_set": {"number": of("button_set_id")},
    "content.shared.drop_button_set": {"number": of("button_set_id")},
    "content.shared.list_documents_with": {"field": same("key")},
    "messaging.found_messages.count_few": {"word": same("hel")},
    "messaging.found_messages.list_found": {
        "sought": same(SoughtMessages(("hel",))),
        "part": _part(messages),
        "rarest": same("hel"),
    },
    "messaging.reply_drafts.put_draft": row(chat_id=BORIS, author_id=1001, text="x", at=NOW),
    "messaging.reply_drafts.list_writing": {"but": same(0)},
    "messaging.conversations.list_messages": {"part": _part(messages)},
    "messaging.handoffs.list_page": {
        "status": same(None),
        "operator_id": same(None),
        "part": _part(handoffs),
    },
    "messaging.handoffs.count_page": {"status": same(None), "operator_id": same(None)},
    "messaging.canned.list_page": {"part": _part(canned_replies)},
    "messaging.triggers.list_sets": {"part": _part(trigger_sets)},
    "messaging.triggers.find_set": {"set_id": of("set_id")},
    "messaging.broadcast_results.list_recipients_page": {
        "broadcast_id": of("told_id"),
        "part": same(Slice(Order((outbox.c.chat_id,)), 9)),
    },
    "messaging.broadcasts.list_page": {"bot_id": same(None), "status": same(None), "part": _part(broadcasts)},
    "messaging.broadcasts.count_sends": {"bot_id": same(None), "status": same(None)},
    "commerce.pages.list_numbers": {"listed": same("accesses"), "asked": same({}), "part": _part(accesses)},
    "commerce.pages.count_numbers": {"listed": same("accesses"), "asked": same({})},
    "commerce.commissions.list_payouts_by_ids": {"payout_ids": lambda world: [world["payout_id"]]},
    "commerce.order_lists.list_orders": {"wanted": same(WantedOrders()), "part": _part(orders)},
    "commerce.order_lists.count_orders": {"wanted": same(WantedOrders())},
    "commerce.order_lists.list_payments": {"wanted": same(WantedPayments()), "part": _part(payments)},
    "commerce.order_lists.count_payments": {"wanted": same(WantedPayments())},
    "commerce.order_lists.list_refunds": {"order_id": of("refunded_order")},
    "commerce.payers.put_payer": {
        "contact_id": of("contact_id"),
        **row(email="b@example.org", phone="", at=NOW),
    },
    "commerce.accounts.find_sealed": {"provider": same("scripted")},
    "commerce.accounts.drop_account": {"provider": same("scripted")},
    "commerce.referrals.list_sold_at": {"since": same(NOW - timedelta(days=9999))},
    "commerce.accounts.put_account": row(provider="scripted", sealed="new", created_at=NOW),
    "commerce.promo.add_promo": row(
        code="WINTER", kind="free", value=0, tariffs=[], is_active=True, created_at=NOW
    ),
    "commerce.promo.enter": {"now": same(LATER)},
    "commerce.promo.find_promo": {"code": same("SUMMER")},
    "commerce.promo.list_numbers": {"flow_id": same(None)},
    "commerce.promo.count_taken": {"by": same(1), "within_limit": same(True)},
    "commerce.promo.add_use": row(
        promo_id=of("promo_id"),
        order_id=of("refunded_order"),
        contact_id=of("contact_id"),
        number=9,
        state="taken",
        at=NOW,
    ),
    "commerce.promo.move_use": {"to": same(PromoUse.USED), "allowed": same((PromoUse.TAKEN,))},
    "commerce.refunds.add_refund": row(
        payment_id=of("payment_id"), amount=1, status="asked", by="1", created_at=NOW, made_at=NOW
    ),
    "commerce.refunds.move_refund": moved(RefundStatus.PENDING, RefundStatus.ASKED),
    "commerce.orders.add_refunded": {"amount": same(7)},
    "commerce.access.find_of_payment": {"payment_id": of("refunded_payment")},
    "commerce.ledger.add_lines": {"rows": same([BOOKED])},
    "commerce.ledger.has_line": {
        "entry": lambda world: f"pay:{world['refunded_payment']}:paid",
        "book": same(Book.PROVIDER),
    },
    "commerce.orders.keep_fee": {"fee": same(7)},
    "commerce.ledger.list_known": {"provider": same("scripted")},
    "commerce.orders.move_payment": moved(PaymentStatus.PENDING, PaymentStatus.NEW),
    "commerce.referrals.add_partner": {"code": same("NEWCODE")},
    "commerce.referrals.find_partner": {"code": same("PARTNER1")},
    "commerce.referrals.add_referral": {"contact_id": lambda world: world["friend"].id},
    "commerce.tariffs.put_tariff": row(
        code="basic", flow_id=of("flow_id"), rights=[], onboarding=[], is_active=False, **TARIFF
    ),
    "content.flows.put_flow": row(slug="words", kind="course", name="changed", created_at=NOW),
    "content.flows.add_version": row(
        flow_id=of("flow_id"), number=9, digest="d", document={}, published_at=NOW
    ),
    "content.deployments.add_deployment": row(
        public_id="new",
        flow_id=of("flow_id"),
        bot_id=of("sales_bot"),
        environment="prod",
        is_active=True,
        created_at=NOW,
    ),
    "content.tokens.add_token": row(
        deployment_id=of("deployment_id"), kind="public", hash="new", uses=0, created_at=NOW
    ),
    "content.tokens.revoke_token": {"token_id": of("open_token_id")},
    "content.imports.add_gathering": row(bot_id=of("bot_id"), chat_id=1, slug="new", version=1, made_at=NOW),
    "content.imports.close_gathering": {"at": same(NOW)},
    "content.imports.mark_undone": {"at": same(NOW)},
    "content.imports.close_deployments": {"at": same(NOW)},
    "content.imports.list_imports": {"most": same(9)},
    "content.imports.move_version": {"version": same(1)},
    "content.imports.add_post": row(
        gathering_id=of("gathering_id"),
        message_id=2,
        place=2,
        joined=False,
        same_day=False,
        post={"text": "new"},
    ),
    "content.imports.set_places": {"rows": lambda world: [{"id": world["post_id"], "place": 7}]},
    "content.imports.set_file": {"post": same({"text": "kept"}), "state": same("kept")},
    "content.flows.set_draft_authors": {"authors": same([7])},
    "content.flows.set_authors": {"authors": same([7]), "at": same(NOW)},
    "content.media.put_file": row(ref="kept/new.png", name="new.png", kind="photo", size=1, added_at=NOW),
    "content.media.find_file": {"file_id": of("file_id")},
    "content.media.list_file_page": {"kind": same("photo"), "part": _part(media_files)},
    "content.imports.add_import": row(flow_id=of("flow_id"), file="new.yaml", made_at=NOW),
    "content.cohorts.find_cohort": {"code": same("spring"), "cohort_id": same(None)},
    "content.cohorts.put_cohort": row(
        deployment_id=of("deployment_id"), code="spring", starts_at=LATER, sections={}, created_at=NOW
    ),
    "content.deployments.find_deployment": {"environment": same("prod")},
    "content.participants.add_participant": row(
        deployment_id=of("deployment_id"), telegram_id=77, username=None, added_at=NOW
    ),
    "content.tokens.set_token_hash": {"token_hash": same("changed")},
    "content.deployments.set_settings": {"settings": same({"restricted": True})},
    "content.deployments.move_deployments": {
        "kind": same("course"),
        "bot_id": of("sales_bot"),
        "homes": same(()),
    },
    "content.link_names.add_name": {"name": same("newname"), "kind": same(NameKind.FLOW)},
    "delivery.inbox.mark_failed": {"row_id": of("update_id"), "state": same(InboxState.PENDING)},
    "delivery.inbox.postpone": {"row_id": of("update_id")},
    "delivery.away.keep_refused": {"row_id": of("refused_id")},
    "delivery.outbox.is_speaking_to": {"chat_id": same(BORIS)},
    "delivery.threads.send_elsewhere": {"row_id": of("dead_call"), "payload": same("{}")},
    "learning.submissions.put_draft": {"draft": same({"text": "x"})},
    "learning.submissions.find_draft": {"submission_id": of("submission_id")},
    "learning.topics.ask_again": {"before": same(NOW), "at": same(LATER)},
    "learning.topics.lose_thread": {"at": same(NOW)},
    "learning.topics.add_topic": row(
        contact_id=of("contact_id"), bot_id=of("bot_id"), chat_id=-7, asked_at=NOW
    ),
    "learning.cards.forget_cards_about": {"chat_id": same(1001), "kind": same(CardKind.WORK)},
    "delivery.threads.drop_unsent": {"row_id": of("dead_call")},
    "delivery.outbox.drop_refused": {"row_id": of("dead_call")},
    "delivery.outbox.list_refused": {"chat_id": same(BORIS)},
    "delivery.inbox.revive": {"row_id": of("dead_update")},
    "delivery.jobs.add": row(kind="check", key="new", payload={}, state="pending", attempts=0, next_at=NOW),
    "delivery.jobs.finish": {
        "job": lambda world: ClaimedJob(world["job_id"], 1, "check", "k", {}, 1),
        "values": same({"state": "done"}),
    },
    "delivery.carried.drop_edits": {
        "piece": _to_anna,
        "prefix": same(""),
    },
    "delivery.carried.drop_calls": {"piece": _to_anna, "keys": same(["waits"])},
    "delivery.carried.list_of_album": {"chat_id": same(ANNA), "album": same("a")},
    "delivery.long_jobs.add": row(
        kind="x", key="new", payload={}, state="pending", attempts=0, next_at=NOW, asked_by=1, needs="x"
    ),
    "delivery.long_jobs.hold": {"job_id": of("long_job"), "until": same(LATER)},
    "delivery.long_jobs.keep_place": {"job_id": of("long_job"), "done": same(7), "go_on": same(3)},
    "delivery.long_jobs.stop": {"job_id": of("long_job"), "now": same(NOW)},
    "delivery.long_jobs.find": {"job_id": of("long_job")},
    "delivery.long_jobs.list_part": {
        "part": same(Slice(Order((jobs.c.id,)), 9)),
        "allowed": same(["account.work"]),
        "asked": same({}),
    },
    "delivery.long_jobs.list_lines_back": {"job_id": of("long_job"), "before": same(None)},
    "delivery.long_jobs.list_lines": {"job_id": of("long_job"), "after": same(0)},
    "delivery.jobs.revive": {"job_id": of("dead_job")},
    "delivery.leases.take": {"name": lambda world: f"bot:{world['bot_id']}", "owner": same("me")},
    "delivery.outbox.revive": {"row_id": of("dead_call")},
    "delivery.timers.put": row(
        kind="run",
        key=lambda world: f"run:{world['mark']}",
        due_at=LATER,
        local_wall=None,
        zone=None,
        rule=None,
        misfire="send",
        payload={},
        attempts=0,
    ),
    "delivery.timers.drop": {"kind": same("run"), "key_prefix": same("run:")},
    "delivery.timers.revive": {"timer_id": of("dead_timer")},
    "delivery.timers.find_due_at": {"kind": same("run"), "key": lambda world: f"run:{world['mark']}"},
    "learning.claims.claim": {
        "kind": same(CardKind.WORK),
        "curator_id": same(BORIS),
        "now": same(NOW),
        "until": same(LATER),
    },
    "learning.claims.hand_over": {
        "kind": same(CardKind.WORK),
        "claimed": same(Claim(BORIS, LATER)),
        "heir": same(None),
    },
    "learning.claims.find_claim": {"kind": same(CardKind.WORK)},
    "learning.claims.list_claimed": {"curator_id": same(BORIS)},
    "learning.claims.count_answered": {"since": same(BEFORE - timedelta(days=40_000))},
    "learning.questions.list_answered": {"offset": same(0), "limit": same(9)},
    "insight.students.list_by_address": {
        "email": same("anna@example.org"),
        "phone": same(""),
        "limit": same(9),
    },
    "insight.students.list_seen_last": {"limit": same(9)},
    "delivery.history.list_heard": {"chat_id": same(ANNA), "limit": same(9)},
    "learning.merging.follow_access": {"heirs_id": same(None)},
    "commerce.merging.let_end": {"ends_at": same(LATER)},
    "learning.merging.take_over": {"heir_id": lambda world: world["friend"].id, "chat_id": same(BORIS)},
    "commerce.merging.take_over": {"heir_id": lambda world: world["friend"].id, "chat_id": same(BORIS)},
    "commerce.merging.is_charged_twice": {"heir_id": lambda world: world["contact"].id},
    "content.tokens.take_over": {"heir_id": lambda world: world["friend"].id},
    "messaging.handoffs.take_over_notes": {"heir_id": lambda world: world["friend"].id},
    "messaging.canned.put_canned": row(
        bot_id=of("bot_id"), name="ours", chat_id=ANNA, message_id=1, content={}, created_at=NOW
    ),
    "learning.cards.forget_cards": {"chat_id": same(1001)},
    "learning.cards.add_card": row(
        kind="work", subject_id=of("submission_id"), bot_id=of("bot_id"), chat_id=5, made_for="x"
    ),
    "learning.cards.has_cards": {"chat_id": same(1001)},
    "learning.cards.note_taken_back": {"chat_id": same(1001), "made_for": same("answer")},
    "learning.questions.open_question": row(
        bot_id=of("bot_id"),
        contact_id=of("contact_id"),
        chat_id=ANNA,
        run_id=None,
        text="",
        pieces=[],
        opened_at=LATER,
    ),
    "learning.questions.move_question": {
        **moved(QuestionStatus.ASKED, QuestionStatus.OPEN),
        "by": same(None),
    },
    "learning.runs.add_run": row(
        bot_id=of("bot_id"),
        contact_id=of("contact_id"),
        chat_id=ANNA,
        flow_version_id=of("version_id"),
        kind="scenario",
        status="active",
        state={},
        version=0,
        spoke_at=NOW,
        started_at=NOW,
    ),
    "learning.courses.set_status": {"status": same("parked")},
    "learning.runs.stop_run": {"values": same({"finished_at": NOW})},
    "learning.runs.save_run": {"values": same({"status": "stopped"})},
    "content.scenarios.list_scenarios": {"bot_id": of("sales_bot")},
    "content.scenarios.set_active": {"active": same(False)},
    "content.scenarios.mark_deleted": {"at": same(NOW)},
    "content.scenarios.mark_present": {"deployment_id": of("gone_deployment")},
    "learning.submissions.add_submission": row(
        run_id=of("run_id"),
        step="s",
        visit=9,
        attempt=9,
        title="",
        text="",
        work={},
        status=SubmissionStatus.IN_REVIEW,
        handed_in_at=NOW,
    ),
    "learning.submissions.add_review": row(
        submission_id=of("submission_id"), reviewer_id=1, verdict="note", note=None, at=NOW
    ),
    "learning.submissions.move_submission": {
        **moved(SubmissionStatus.ACCEPTED, SubmissionStatus.IN_REVIEW),
        "by": same(None),
    },
    "messaging.triggers.put_set": {"digest": same("new"), "document": same([])},
    "messaging.triggers.list_fired": {"codes": same(["hello"])},
    "messaging.triggers.list_absent": {
        "code": same("other"),
        "before": same(LATER + timedelta(days=9)),
        "audience": same(true()),
        "once": same(False),
    },
    "people.contacts.put_segment": row(name="warm", audience={"tag": "new"}, is_live=True, created_at=NOW),
    "people.contacts.fill_segment": {"segment_id": of("segment_id"), "clause": same(true())},
    "insight.students.count_people": {"where": same(true())},
    "insight.students.list_people": {"where": same(true())},
    "people.contacts.count_people": {"clause": same(true()), "most": same(9)},
    "content.flows.list_page": {"kind": same(None), "part": same(Slice(Order((flows.c.id,)), 9))},
    "content.flows.count_flows": {"kind": same(None), "most": same(9)},
    "content.flows.list_version_page": {"part": same(Slice(Order((flow_versions.c.number,)), 9))},
    "learning.pages.list_items": {"sought": same(Sought(CardKind.WORK, NOW)), "part": same(WORKS)},
    "learning.pages.count_items": {"sought": same(Sought(CardKind.QUESTION, NOW)), "most": same(9)},
    "learning.pages.find_item": {
        "sought": same(Sought(CardKind.WORK, NOW)),
        "subject_id": of("submission_id"),
    },
    "content.deployments.list_page": {"flow_id": same(None), "part": same(PLACES)},
    "content.tokens.list_page": {
        "deployment_id": same(None),
        "part": same(Slice(Order((enrollment_tokens.c.id,)), 9)),
    },
    "content.cohorts.list_page": {
        "deployment_id": same(None),
        "part": same(Slice(Order((cohorts.c.id,)), 9)),
    },
    "content.participants.list_page": {
        "deployment_id": same(None),
        "part": same(Slice(Order((participants.c.id,)), 9)),
    },
    "content.deployments.find_listed": {"deployment_id": of("deployment_id")},
    "content.tokens.find_by_hand": {"token_id": of("open_token_id")},
    "content.participants.remove_entry": {"entry_id": of("participant_id")},
    "learning.runs.list_page": {
        "wanted": same({}),
        "flow_id": same(None),
        "part": same(Slice(Order((runs.c.id,)), 9)),
    },
    "learning.certificates.list_page": {
        "contact_id": same(None),
        "part": same(Slice(Order((certificates.c.id,)), 9)),
    },
    "learning.certificates.find_by_id": {"certificate_id": of("certificate_id")},
    "learning.version_migration.count_by_flow": {"flow_ids": lambda world: [world["flow_id"]]},
    "people.contacts.list_page": {"clause": same(true()), "part": same(Slice(Order((contacts.c.id,)), 9))},
    "people.contacts.drop_segment": {"name": same("warm")},
    "people.contacts.note_seen": {"now": same(LATER)},
    "messaging.triggers.note_firing": {"code": same("hello"), "at": same(NOW)},
    "content.shared.put_value": {"value": same("changed")},
    "content.shared.put_button_set": {"rows": same([])},
    "content.shared.load_button_sets": {"names": same(["words"])},
    "messaging.handoffs.add_handoff": row(
        bot_id=of("sales_bot"),
        contact_id=of("contact_id"),
        chat_id=ANNA,
        status="ringing",
        tried=[],
        round=0,
        had_talk=False,
        ring_seconds=1.0,
        silence_seconds=1.0,
        idle_seconds=1.0,
        last_at=NOW,
        opened_at=NOW,
    ),
    "messaging.handoffs.move_handoff": moved(HandoffStatus.RINGING, HandoffStatus.TALKING),
    "messaging.handoffs.note_word": {"side": same("operator"), "at": same(NOW)},
    "messaging.handoffs.add_note": row(contact_id=of("contact_id"), author_id=1, text="new", at=NOW),
    "messaging.outreaches.add_outreach": row(name="x", flow_id=of("flow_id"), digest="new", started_at=NOW),
    "messaging.outreaches.add_people": {
        "people": lambda world: [{"outreach_id": world["outreach_id"], "position": 9, "given": "x"}]
    },
    "messaging.outreaches.change_person": {"values": same({"result": "new"})},
    "delivery.carried.add": row(
        bot_id=of("bot_id"),
        about="talk:9",
        side="person",
        chat_id=1,
        message_id=7,
        content={},
        to_chat_id=0,
        at=NOW,
    ),
    "delivery.carried.list_about": {"about": lambda world: f"talk:{world['handoff_id']}"},
    "delivery.carried.list_said": {"chat_id": same(ANNA), "message_id": same(70)},
    "delivery.carried.list_led": {"leader": same(9)},
    "delivery.carried.find_ref": {"chat_id": same(BORIS), "message_id": same(71)},
    "delivery.carried.find_leader": {"piece": _piece, "since": same(NOW)},
    "delivery.carried.find_previous": {"piece": _piece},
    "delivery.carried.count_lately": {"piece": _piece, "since": same(NOW)},
    "delivery.carried.count_open": {"piece": _piece},
    "delivery.carried.hold_open": {"leader": of("carried_id")},
    "delivery.carried.close": {"leader": of("carried_id")},
    "delivery.carried.change_led": {"leader": same(9), "values": same({"to_message_id": 78})},
    "delivery.carried.change": {"values": same({"to_message_id": 77})},
    "delivery.outbox.find_shown": {"dedupe_key": lambda world: f"{world['key']}day1:1:0"},
    "commerce.orders.add_payment_once": row(
        order_id=of("order_id"), provider="x", amount=1, currency="RUB", status="succeeded", created_at=NOW
    ),
    "insight.people.list_stops": {"now": same(NOW + timedelta(days=30))},
    "insight.people.count_who": {"who": same(WHO["chose"](1, None))},
    "insight.people.list_who": {"who": same(WHO["chose"](1, None)), "offset": same(0)},
    "messaging.broadcasts.count_refused": {"errors": lambda world: [world["mark"]]},
    "messaging.broadcasts.has_arrived": {"broadcast_id": of("told_id")},
    "messaging.broadcasts.is_kept": {"name": same("News")},
    "messaging.broadcasts.add_broadcast": row(bot_id=of("bot_id"), status="draft", total=0, created_at=NOW),
    "messaging.broadcasts.find_recipient": {"outbox_id": of("outbox_id")},
    "messaging.broadcasts.claim_chunk": {
        "broadcast_id": of("filling_id"),
        "after": same(0),
        "until": same(7),
    },
    "messaging.broadcasts.count_in": {"number": same(1)},
    "delivery.recipients.add_recipients": {
        "broadcast_id": lambda world: world["broadcast_id"] + 400,
        "call": lambda world: BulkCall(world["bot_id"], "sendMessage"),
        "people": lambda world: recipients(world["bot_id"], None, Scope(1, NOW)),
    },
    "commerce.order_lists.list_open_payments": {"after": same(0)},
    "messaging.broadcasts.is_refused_to_all": {"most": same(1)},
    "messaging.broadcasts.decide": {"variant": same(1)},
    "messaging.clicks.add_links": {"urls": same(["https://new.example"])},
    "messaging.clicks.add_click": row(broadcast_id=of("broadcast_id"), chat_id=ANNA, button="1-1", at=NOW),
    "messaging.broadcast_results.list_clicked": TOLD,
    "messaging.broadcast_results.list_paid": TOLD,
    "messaging.broadcast_results.list_completed": TOLD,
    "messaging.broadcast_results.list_replied": TOLD,
    "messaging.broadcast_results.list_recipients": {**TOLD, "after": same(0)},
    "messaging.broadcast_results.list_variants": TOLD,
    "messaging.broadcast_results.find_variants": {**TOLD, "chat_ids": same([ANNA])},
    "delivery.recipients.find_answer": {**TOLD, "outbox_id": of("told_call")},
    "delivery.recipients.release": {**TOLD, "wave": same(1), "winner": same(None)},
    "delivery.recipients.withdraw": {"wave": same(0)},
    "delivery.recipients.is_trial_under_way": TOLD,
    "delivery.recipients.cancel_person": {"broadcast_ids": lambda world: [world["broadcast_id"]]},
    "delivery.recipients.count_arrived": {**TOLD, "sent_from": same(None)},
    "delivery.recipients.is_under_way": {
        "broadcast_ids": lambda world: [world["told_id"]],
        "until": same(None),
    },
    "delivery.recipients.add_followers": {
        "who": lambda world: Followers(world["edit_id"], world["told_id"], "editMessageText", 0, 10)
    },
    "messaging.broadcasts.change_broadcast": {"values": same({"total": 77})},
    "messaging.broadcasts.move_broadcast": moved(BroadcastStatus.PAUSED, BroadcastStatus.RUNNING),
    "people.contacts.add_contact": {
        "values": same(
            {"telegram_id": 9, "first_name": "N", "language": "ru", "zone": "UTC", "created_at": NOW}
        )
    },
    "people.words.add_words": {"words": same(("added",))},
    "people.words.change_words": {"words": same(("changed",))},
    "people.contacts.update_contact": {"values": same({"first_name": "Changed"})},
    "people.contacts.open_chat": {"contact": of("friend")},
    "people.variables.drop_variable": {"name": same("goal")},
    "people.variables.put_variable": {"name": same("goal"), "value": same("changed")},
    "people.contacts.find_consent": {"version": same("v1")},
    "people.contacts.ask_consent": {
        "contact_id": lambda world: world["friend"].id,
        "version": same("v1"),
        "payload": same("x"),
    },
    "people.contacts.give_consent": {"version": same("v1")},
    "tenancy.bots.put_bot": row(
        id=of("bot_id"),
        kind="course",
        username="changed",
        name="x",
        token_sealed="x",
        is_active=True,
        created_at=NOW,
    ),
    "tenancy.accounts.put_group": row(chat_id=GROUP, title="changed"),
    "tenancy.accounts.put_seat": {**row(status="left"), "bot_id": of("sales_bot")},
    "tenancy.accounts.put_person": row(chat_id=GROUP, telegram_id=ANNA, is_inside=False, at=NOW),
    "tenancy.accounts.find_seat": {"bot_id": of("sales_bot"), "chat_id": same(GROUP)},
    "tenancy.accounts.set_trouble": {"trouble": same(GroupTrouble.GONE)},
    "tenancy.accounts.list_bots_in": {"chat_id": same(GROUP)},
    "tenancy.accounts.load_current_ids": {"chat_ids": same([GROUP + 1])},
    "tenancy.accounts.find_former_id": {"chat_id": same(GROUP)},
    "tenancy.accounts.move_group": {"chat_id": same(GROUP), "new_id": same(GROUP - 9)},
    "tenancy.accounts.load_titles": {"chat_ids": same([GROUP])},
    "tenancy.accounts.set_language": {
        "chat_id": same(GROUP),
        "language": same("ru"),
        "unset_only": same(False),
    },
    "tenancy.bots.find_bot": {"kind": same("course")},
    "tenancy.bots.make_default": {"kind": same("sales")},
    "tenancy.bots.end_bot": {"ended": same(BotEnd.DISCONNECTED)},
    "tenancy.bots.set_trouble": {"trouble": same(BotTrouble.REFUSED)},
    "tenancy.settings.replace_settings": {"settings": same({"ai_limit": 3}), "revision": same(1)},
    "tenancy.members.add_member": row(telegram_id=BORIS, role="operator", added_at=NOW),
    "tenancy.members.list_with_roles": {"roles": same(tuple(MemberRole))},
    "tenancy.invitations.add_invitation": row(role="author", token_hash="other", expires_at=LATER),
    "tenancy.invitations.drop_open": {},
    "tenancy.invitations.use_invitation": {"token_hash": of("mark"), "now": same(BEFORE)},
    "tenancy.sessions.add_code": row(telegram_id=BORIS, code_hash="other", expires_at=LATER),
    "tenancy.sessions.use_code": {"code_hash": of("mark"), "now": same(BEFORE)},
    "tenancy.sessions.add_session": row(
        telegram_id=BORIS,
        token_hash="other",
        rotated_at=NOW,
        way="code",
        device="",
        created_at=NOW,
        seen_at=NOW,
    ),
    "tenancy.api_keys.add_key": row(
        creator_id=BORIS, name="other", permissions=[], secret_hash="other", ending="abcd", created_at=NOW
    ),
    "tenancy.api_keys.list_keys": {"only": of("key_id")},
    "tenancy.api_keys.revoke_key": {"now": same(NOW)},
    "tenancy.api_keys.note_used": {"now": same(NOW)},
    "tenancy.idempotency.add": row(
        actor="other", operation="give", key="other", body_hash="", status=0, answer="", at=NOW
    ),
    "tenancy.idempotency.get": ASKED,
    "tenancy.idempotency.update": {**ASKED, "changed": same({"answer": "changed"})},
    "tenancy.idempotency.drop_one": {**ASKED, "before": same(LATER)},
    "delivery.feed.list_of_account": {"after": same(0), "limit": same(9)},
    "tenancy.rows.has_row": {"kind": same(CONTACT), "number": of("contact_id")},
    "tenancy.rows.lock_row": {"kind": same(CONTACT), "number": of("contact_id")},
    "tenancy.audit_chain.add_head": row(key_sealed="k", older=0, origin="o", count=0, code="c", seal="s"),
    "tenancy.audit_chain.move_head": {
        **{name: same("x") for name in ("key_sealed", "code", "seal")},
        "count": same(2),
    },
    "tenancy.audit_chain.add": {
        "links": same(
            [
                {
                    "at": NOW,
                    "actor_id": 1,
                    "act": "x",
                    "said": "x",
                    "number": 2,
                    "code": "x",
                    "contact_id": None,
                }
            ]
        )
    },
    "tenancy.audit_chain.list_links": {"after": same(0), "limit": same(9)},
    "tenancy.webhooks.list_webhooks": {"only": of("webhook_id")},
    "tenancy.webhooks.add_webhook": row(url="u", events=[], secret_sealed="s", created_at=NOW),
    "tenancy.webhooks.change_webhook": {"webhook_id": of("webhook_id"), "values": same({"url": "u"})},
    "tenancy.webhooks.drop_webhook": {"webhook_id": of("webhook_id")},
    "tenancy.webhooks.add_delivery": row(
        webhook_id=of("webhook_id"), event="e", body="b", state="sent", rounds=1, attempts=0, at=NOW
    ),
    "tenancy.webhooks.change_delivery": {
        "delivery_id": of("told_delivery_id"),
        "values": same({"state": "failed"}),
    },
    "tenancy.webhooks.note_try": {
        "delivery_id": of("told_delivery_id"),
        "values": same({"status": 500, "error": None, "tried_at": NOW}),
    },
    "tenancy.webhooks.begin_round": {"delivery_id": of("told_delivery_id")},
    "tenancy.webhooks.find_delivery": {"delivery_id": of("told_delivery_id")},
    "tenancy.webhooks.find_call": {"delivery_id": of("told_delivery_id")},
    "tenancy.webhooks.list_deliveries": {
        "webhook_id": of("webhook_id"),
        "part": same(Slice(Order((webhook_deliveries.c.id,)), 9)),
    },
    "tenancy.audit.list_part": {"wanted": same({}), "part": same(Slice(Order((audit_log.c.id,)), 9))},
    "tenancy.accounts.rename_account": {"name": same("changed")},
    "tenancy.audit.list_records": {"wanted": same({}), "offset": same(0), "limit": same(9)},
    "tenancy.accounts.put_menu_digest": row(bot_id=of("bot_id"), chat_id=0, digest="changed"),
}


class NoArguments(Exception):  # noqa: N818 - it states a fact
    """Nobody has said what a store function is to be called with."""


def find_functions() -> dict[str, Function]:
    """Every function of every store that is bound to an account, by `room.file.name`."""
    root = Path(str(services.__file__)).parent
    paths = sorted([*root.glob("*/store.py"), *root.glob("*/store/**/*.py")])
    return {name: function for path in paths for name, function in _functions_of(path, root)}


def _functions_of(path: Path, root: Path) -> list[tuple[str, Function]]:
    parts = path.relative_to(root).with_suffix("").parts
    module = importlib.import_module(".".join(("services", *parts)))
    own = inspect.getmembers(
        module, lambda one: inspect.iscoroutinefunction(one) or inspect.isasyncgenfunction(one)
    )
    return [
        (f"{parts[0]}.{parts[-1]}.{name}", function)
        for name, function in own
        if function.__module__ == module.__name__ and not name.startswith("_") and not _is_for_all(function)
    ]


def _is_for_all(function: Function) -> bool:
    """Whether the marker stands above the function, or above a statement of its module that it runs."""
    if ALL_ACCOUNTS in (inspect.getcomments(function) or ""):
        return True
    module = inspect.getsource(inspect.getmodule(function) or inspect)
    marked = re.findall(rf"^{ALL_ACCOUNTS}.*\n(\w+)\b", module, re.MULTILINE)
    named = function.__code__.co_names
    return "account_id" not in inspect.signature(function).parameters and bool({*marked} & {*named})


def arguments_of(name: str, function: Function, world: World) -> dict[str, Any]:
    """Its arguments after `conn` and `account_id`, taken from a world; raises NoArguments naming what lacks."""
    special = SPECIAL.get(name, {})
    _, account_id, *arguments = inspect.signature(function).parameters
    if account_id != "account_id":
        raise NoArguments(f"{name} takes no account_id: add it, or write “{ALL_ACCOUNTS} <reason>” above it")
    given = {}
    for argument in arguments:
        give = special.get(argument) or BY_NAME.get(argument)
        if give is None:
            raise NoArguments(f"{name}: what is {argument!r}? Say it in {Path(__file__).name}")
        given[argument] = give(world)
    return given
