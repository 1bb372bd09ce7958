"""The first owner: whoever sends the code of the console first; it is good once and for a while, and only where nobody owns yet."""

import re
from datetime import datetime, timedelta

from core.db.session import UnitOfWork
from core.roles import MemberRole
from services.tenancy import members
from services.tenancy.first_run import OwnerCode, change_first_run, load_with_revision
from services.tenancy.permissions import Permission
from utils.signing import SPOKEN, mac, same, spoken_id

LIFE = timedelta(minutes=15)
"""After that a code is no good, and another one is made."""
CLAIMED = "owner"
"""The bell that rings when an owner is there."""
_LENGTH, _PART = 12, 4
_GAP = re.compile(r"[-–—\s]")


async def has_owner(uow: UnitOfWork) -> bool:
    """Whether the account belongs to somebody; one beside the first was made for its owner."""
    return not uow.env.speaks_of(uow.account_id) or await members.can_anybody(uow, Permission.OWN)


async def make_code(uow: UnitOfWork) -> str | None:
    """A new code in place of the former one; None where there is an owner."""
    if await has_owner(uow):
        return None
    letters = spoken_id(_LENGTH)
    until = (uow.real_now + LIFE).isoformat()
    await change_first_run(uow, owner_code=OwnerCode(digest=_digest(uow, letters), until=until))
    return "-".join(letters[start : start + _PART] for start in range(0, _LENGTH, _PART))


def read_code(text: str) -> str | None:
    """The letters of what looks like a code; None for anything else."""
    letters = _GAP.sub("", text[: 2 * _LENGTH]).upper()
    return letters if len(letters) == _LENGTH and set(letters) <= set(SPOKEN) else None


async def claim(uow: UnitOfWork, telegram_id: int, name: str, letters: str) -> bool:
    """Make somebody the owner by the code; False if it is not the one, is over, or somebody was faster.

    Raises RaceLost if that is happening right now.
    """
    first_run, revision = await load_with_revision(uow)
    known = first_run.owner_code
    if known is None or await has_owner(uow) or uow.real_now >= datetime.fromisoformat(known.until):
        return False
    if not same(known.digest, _digest(uow, letters)):
        return False
    await members.add_member(uow, telegram_id, MemberRole.OWNER, name)
    await change_first_run(uow, seen=revision, owner_code=None)
    uow.wake(CLAIMED)
    return True


def _digest(uow: UnitOfWork, letters: str) -> str:
    return mac(uow.env.signing_key, "owner-code", str(uow.account_id), letters, size=32)
