"""What partners earn by a sale, on two levels: held until a refund is past, taken back with one, doubted where it smells."""

from collections.abc import Sequence
from datetime import timedelta

from loguru import logger

from core.db.session import UnitOfWork
from core.events import OrderPaid, PaymentRefunded
from core.lifecycle import BotKind, CommissionStatus, Doubt
from core.presses import PressKind
from core.rules import ledger as books
from core.rules.commission import PartnerRules, Touch, find_touch, read_commission, taken_back
from services.commerce.catalog.tariffs import get_tariff_by_id
from services.commerce.ledger.posting import post
from services.commerce.partners.payouts import withdraw_payout
from services.commerce.payments.payments import get_order, get_payment
from services.commerce.schemas import Commission, Earnings, Order, Partner, Payment, Payout
from services.commerce.store.partners import commissions as store
from services.commerce.store.partners import doubts, referrals
from services.delivery import speech
from services.delivery.speech import Address
from services.people.admins import tell_admins
from services.people.contacts import get_contact
from services.tenancy.bots import get_bot

LOOK = PressKind.COMMISSION  # kind of the buttons about a doubtful one: ok-payment or no-payment
BY_DOUBT = -1  # in place of a refund: an admin found a share wrong that had been paid out
WITHIN = timedelta(hours=1)
MOST_SALES, MOST_PEOPLE = 10, 50  # of one partner within that time; more of either is a burst


async def earn(uow: UnitOfWork, paid: OrderPaid) -> None:
    """Keep what a sale brings its partner and the one above, once per payment."""
    order, payment = await get_order(uow, paid.order_id), await get_payment(uow, paid.payment_id)
    tariff = await get_tariff_by_id(uow, order.tariff_id)
    shares = read_commission(tariff.commission or {}, tariff.currency)
    rules = await store.find_rules(uow.conn, uow.account_id)
    partner = await _find_partner(uow, order, rules)
    if (
        partner is None
        or partner.contact_id == order.contact_id
        or not any(share.parts or share.sum for share in shares)
    ):
        return
    doubt = await _find_doubt(uow, order, partner)
    for level, (whose, share) in enumerate(
        zip(await _list_line(uow, partner), shares, strict=False), start=1
    ):
        is_own = whose.contact_id == order.contact_id
        in_tariffs_money = payment.currency == tariff.currency or not share.sum
        amount = share.of(payment.amount) if in_tariffs_money and not is_own else 0
        if amount:
            await _keep(uow, whose, payment, level, amount, rules, doubt)
    if doubt is not None:
        await _tell_doubt(uow, partner, order, payment, doubt)


async def find_seller(uow: UnitOfWork, payment_id: int) -> Partner | None:
    """The partner who has a share of a payment at first hand."""
    lines = await store.list_of_payment(uow.conn, uow.account_id, payment_id)
    earned = [line.partner_id for line in lines if line.level == 1 and line.amount > 0]
    return (
        (await store.load_partners(uow.conn, uow.account_id, earned[:1])).get(earned[0]) if earned else None
    )


async def _find_partner(uow: UnitOfWork, order: Order, rules: PartnerRules) -> Partner | None:
    """Whose sale it is: the owner of the code that was used, else by the links the buyer has followed and the rules."""
    partner_id = await store.find_code_owner(uow.conn, uow.account_id, order.id)
    if partner_id is None:
        touches = await store.list_touches(uow.conn, uow.account_id, order.contact_id)
        bought_at = await store.find_first_bought(uow.conn, uow.account_id, order.contact_id, order.id)
        if rules.touch is Touch.FIRST and bought_at is not None:  # whoever has bought by then is nobody's
            touches = [touch for touch in touches if touch[1] <= bought_at]
        partner_id = find_touch(touches, uow.now, rules)
    partners = await store.load_partners(uow.conn, uow.account_id, [partner_id] if partner_id else [])
    return partners.get(partner_id or 0)


async def _list_line(uow: UnitOfWork, partner: Partner) -> list[Partner]:
    """A partner, and the one who brought that partner."""
    if partner.parent_id is None:
        return [partner]
    above = await store.load_partners(uow.conn, uow.account_id, [partner.parent_id])
    return [partner, *above.values()]


async def _find_doubt(uow: UnitOfWork, order: Order, partner: Partner) -> Doubt | None:
    if await doubts.pays_alike(uow.conn, uow.account_id, partner.contact_id, order.contact_id):
        return Doubt.PAYER
    since = uow.now - WITHIN
    sales, people = await doubts.count_recent(uow.conn, uow.account_id, partner.id, since)
    return Doubt.BURST if sales >= MOST_SALES or people >= MOST_PEOPLE else None


async def _keep(
    uow: UnitOfWork,
    partner: Partner,
    payment: Payment,
    level: int,
    amount: int,
    rules: PartnerRules,
    doubt: Doubt | None,
) -> None:
    row = {
        "partner_id": partner.id,
        "payment_id": payment.id,
        "level": level,
        "refund_id": 0,
        "amount": amount,
        "currency": payment.currency,
        "status": CommissionStatus.EARNED,
        "doubt": doubt,
        "payable_at": uow.now + timedelta(days=rules.hold_days),
        "created_at": uow.now,
    }
    commission_id = await store.add_commission(uow.conn, uow.account_id, row)
    if commission_id is None:
        return
    logger.bind(event="commission.earned", partner=partner.id, payment=payment.id, amount=amount).info(
        "a partner earned by a sale"
    )
    await post(uow, f"commission:{commission_id}", books.commission(amount), payment.currency, payment)
    if doubt is None:
        await _tell_partner(uow, partner, commission_id, amount, payment.currency)


async def _tell_partner(
    uow: UnitOfWork, partner: Partner, commission_id: int, amount: int, currency: str
) -> None:
    person = await get_contact(uow, partner.contact_id)
    words = speech.words("partner-earned", amount=speech.price(amount, currency))
    shop = await get_bot(uow, BotKind.SALES)
    speech.say(uow, Address(shop.id, person.telegram_id), words, f"commission:{commission_id}")


async def take_back(uow: UnitOfWork, refunded: PaymentRefunded) -> None:
    """What goes back to the buyer takes the partners' part of it along, once per refund; what was paid out, off the next."""
    lines = await store.list_of_payment(uow.conn, uow.account_id, refunded.payment_id)
    payment = await get_payment(uow, refunded.payment_id)
    for each_line in [line for line in lines if line.amount > 0]:
        if each_line.status is CommissionStatus.CANCELLED:
            continue
        gone = -sum(line.amount for line in lines if line.level == each_line.level and line.amount < 0)
        back = taken_back(each_line.amount, payment.amount, payment.refunded) - gone
        if back > 0:
            await _take_back(uow, each_line, payment, refunded.refund_id, back)


async def _take_back(
    uow: UnitOfWork, commission: Commission, payment: Payment, refund_id: int, back: int
) -> None:
    row = {
        "partner_id": commission.partner_id,
        "payment_id": commission.payment_id,
        "level": commission.level,
        "refund_id": refund_id,
        "amount": -back,
        "currency": commission.currency,
        "status": CommissionStatus.EARNED,
        "doubt": None if commission.status is CommissionStatus.PAID else commission.doubt,
        "payable_at": commission.payable_at if commission.status is CommissionStatus.EARNED else uow.now,
        "created_at": uow.now,
    }
    line_id = await store.add_commission(uow.conn, uow.account_id, row)
    if line_id is not None:
        entry = f"commission:{line_id}"
        refund = refund_id if refund_id != BY_DOUBT else None
        await post(uow, entry, books.commission(-back), commission.currency, payment, refund)


async def doubt_own_gift(uow: UnitOfWork, payment_id: int, contact_id: int) -> None:
    """A gift was opened: a partner who earns by it has bought it for themself, by another account."""
    partner = await referrals.find_partner(uow.conn, uow.account_id, contact_id=contact_id)
    lines = await store.list_of_payment(uow.conn, uow.account_id, payment_id)
    if partner is None or all(line.partner_id != partner.id for line in lines):
        return
    withdrawn = [
        payout
        for payout_id in await doubts.list_waiting_payouts(uow.conn, uow.account_id, payment_id)
        if (payout := await withdraw_payout(uow, payout_id)) is not None
    ]
    held = _list_held(await store.list_of_payment(uow.conn, uow.account_id, payment_id))
    if await doubts.put_doubt(uow.conn, uow.account_id, held, Doubt.RECEIVER):
        payment = await get_payment(uow, payment_id)
        order = await get_order(uow, payment.order_id)
        await _tell_doubt(uow, partner, order, payment, Doubt.RECEIVER, withdrawn)


def _list_held(lines: Sequence[Commission]) -> list[int]:
    """The lines that a doubt is about: what went back of a share that was paid out comes off the next payout anyway."""
    paid = {line.level for line in lines if line.status is CommissionStatus.PAID}
    return [line.id for line in lines if line.amount > 0 or line.level not in paid]


async def _tell_doubt(
    uow: UnitOfWork,
    partner: Partner,
    order: Order,
    payment: Payment,
    doubt: Doubt,
    withdrawn: Sequence[Payout] = (),
) -> None:
    """An admin has to look: who the partner is, what was bought, why that looks wrong, and what is not to be paid now."""
    owner, buyer = (
        await get_contact(uow, partner.contact_id),
        await get_contact(uow, order.contact_id),
    )
    words = speech.words(
        f"commission-doubt-{doubt}",
        partner=owner.full_name,
        known=owner.telegram_id,
        buyer=buyer.full_name,
        number=order.public_id,
    )
    stopped = [
        speech.words(
            "commission-doubt-withdrawn", amount=speech.price(commission.amount, commission.currency)
        )
        for commission in withdrawn
    ]
    told = speech.lines(words, *stopped) if stopped else words
    await tell_admins(uow, told, f"commission:doubt:{payment.id}:{doubt}", doubt_buttons(payment.id))


def doubt_buttons(payment_id: int) -> speech.Keyboard:
    """What an admin can do about a doubtful commission."""
    yes = speech.button(speech.words("button-commission-ok"), LOOK, f"ok-{payment_id}")
    no = speech.button(speech.words("button-commission-no"), LOOK, f"no-{payment_id}")
    return [[yes, no]]


async def settle_doubt(uow: UnitOfWork, payment_id: int, *, is_fine: bool) -> bool:
    """Let the shares of a payment stand, or not; what was paid out comes off the next payout. False if that was decided."""
    status = CommissionStatus.EARNED if is_fine else CommissionStatus.CANCELLED
    settled = await doubts.settle_doubt(uow.conn, uow.account_id, payment_id, status)
    payment = await get_payment(uow, payment_id)
    for commission in [] if is_fine else settled:
        if commission.status is CommissionStatus.PAID:
            await _take_back(uow, commission, payment, BY_DOUBT, await _find_left(uow, commission))
        else:
            lines = books.commission(-commission.amount)
            await post(uow, f"commission:{commission.id}:cancelled", lines, commission.currency, payment)
    return bool(settled)


async def _find_left(uow: UnitOfWork, share: Commission) -> int:
    """What of a share no refund has taken back."""
    lines = await store.list_of_payment(uow.conn, uow.account_id, share.payment_id)
    return sum(line.amount for line in lines if line.level == share.level)


async def list_doubtful(uow: UnitOfWork) -> list[Commission]:
    """What an admin has to look at."""
    return await doubts.list_doubtful(uow.conn, uow.account_id)


async def list_earnings(uow: UnitOfWork, partner_id: int | None = None) -> list[Earnings]:
    """What a partner, or every one, has earned, by currency."""
    return await store.sum_earnings(uow.conn, uow.account_id, uow.now, partner_id)


async def get_rules(uow: UnitOfWork) -> PartnerRules:
    """Whose link counts, how long, and how long a commission is held."""
    return await store.find_rules(uow.conn, uow.account_id)


async def set_rules(uow: UnitOfWork, rules: PartnerRules) -> None:
    """Have these rules from now on; what was earned stays as it is."""
    await store.put_rules(uow.conn, uow.account_id, rules)
