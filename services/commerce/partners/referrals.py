"""Who brought whom: kept at the first touch, never for oneself nor for who has bought before."""

from core.db.models.commerce import partner_clicks
from core.db.session import UnitOfWork
from core.errors import DomainError, ErrorKind
from core.lifecycle import NameKind
from services.commerce.schemas import Partner, PartnerFigures
from services.commerce.store.access import has_bought
from services.commerce.store.partners import commissions
from services.commerce.store.partners import referrals as store
from services.content.link_names import claim_name
from utils.signing import random_id

CODE = 8


async def become_partner(uow: UnitOfWork, contact_id: int) -> Partner:
    """The person's partnership, made at the first call, with a code of its own, whoever asks twice at once."""
    known = await store.find_partner(uow.conn, uow.account_id, contact_id=contact_id)
    if known:
        return known
    code = random_id(CODE)
    is_new = await store.add_partner(uow.conn, uow.account_id, contact_id, code, uow.now)
    made = await store.find_partner(uow.conn, uow.account_id, contact_id=contact_id)
    if made is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PARTNER_NOT_FOUND", str(contact_id))
    if is_new:
        await claim_name(uow, code, NameKind.PARTNER)
        await _note_parent(uow, made)
    return made


async def _note_parent(uow: UnitOfWork, partner: Partner) -> None:
    """Whoever brought a person earns a second share of what that person sells."""
    touches = await commissions.list_touches(uow.conn, uow.account_id, partner.contact_id)
    brought = [touch for touch in touches if touch[0] != partner.id]
    if brought:
        first, _ = min(brought, key=lambda each_touch: each_touch[1])
        await commissions.set_parent(uow.conn, uow.account_id, partner.id, first)


async def follow_link(uow: UnitOfWork, code: str, contact_id: int) -> None:
    """Keep who came by a link, and that they were brought if they are new; raises PARTNER_NOT_FOUND, SELF_REFERRAL."""
    partner = await store.find_partner(uow.conn, uow.account_id, code=code)
    if partner is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PARTNER_NOT_FOUND", code)
    if partner.contact_id == contact_id:
        raise DomainError(ErrorKind.INVALID, "SELF_REFERRAL", code)
    click = {"account_id": uow.account_id, "partner_id": partner.id, "contact_id": contact_id, "at": uow.now}
    uow.append(partner_clicks, click)
    if not await has_bought(uow.conn, uow.account_id, contact_id):
        await store.add_referral(uow.conn, uow.account_id, partner.id, contact_id, uow.now)


async def get_figures(uow: UnitOfWork, partner_id: int) -> PartnerFigures:
    """What the partner's link has brought so far."""
    return await store.count_figures(uow.conn, uow.account_id, partner_id)


async def get_partner(uow: UnitOfWork, partner_id: int) -> Partner:
    """A partner by the id; raises PARTNER_NOT_FOUND."""
    partner = (await commissions.load_partners(uow.conn, uow.account_id, [partner_id])).get(partner_id)
    if partner is None:
        raise DomainError(ErrorKind.NOT_FOUND, "PARTNER_NOT_FOUND", str(partner_id))
    return partner
