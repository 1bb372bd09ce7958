"""Goes along an account's chain of deeds and says where it does not hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from core.db.session import Database, Row
from services.tenancy.audit_chain.linking import Head, link, link_older, open_key, read_head, seal_of
from services.tenancy.store import audit_chain as store
from utils.sealed import KeyMissingError
from utils.signing import same

PAGE = 2_000
MOST_TOLD = 50
MARK_LETTERS = 16


@dataclass
class Verdict:
    """How many deeds were looked at, the mark of the last one, and where the chain does not hold, in English."""

    count: int = 0
    mark: str = ""
    wrongs: list[str] = field(default_factory=list)


async def verify(db: Database, account_id: int, noted: str | None = None) -> Verdict:
    """Look at the whole record; `noted`: a mark that was noted down once and is to be in it.

    Who has the database and the master key can write a whole new record: a mark noted elsewhere tells that, too.
    """
    verdict = Verdict()
    async with db.reading() as conn:
        row = await store.find_head(conn, account_id)
    if row is None:
        return await _verify_none(db, account_id, verdict, noted)
    head = read_head(row)
    try:
        key = open_key(head, db.env.keys)
    except KeyMissingError:
        verdict.wrongs.append("the key of the record is another one, or is sealed with a key that is missing")
        return verdict
    if not same(head.seal, seal_of(key, head)):
        verdict.wrongs.append("the end of the record was changed")
    async with db.reading() as conn:
        older, between = await store.list_older(conn, account_id), await store.list_between(conn, account_id)
    if len(older) != head.older or not same(head.origin, link_older(key, older)):
        verdict.wrongs.append(
            f"what was written before the chain began was changed: {head.older} deeds then, {len(older)} now"
        )
    if between:
        rows = f"rows {between[0]['id']} to {between[-1]['id']}"
        verdict.wrongs.append(
            f"{len(between)} deeds ({rows}) have no link: they were written while the key of the record was missing"
        )
    await _walk(db, head, key, verdict, noted)
    return verdict


async def _verify_none(db: Database, account_id: int, verdict: Verdict, noted: str | None) -> Verdict:
    """No chain has begun: then there is no link of one either."""
    async with db.reading() as conn:
        rows = await store.list_links(conn, account_id, 0, 1)
    if rows or noted:
        verdict.wrongs.append("the end of the record is missing")
    return verdict


async def _walk(db: Database, head: Head, key: bytes, verdict: Verdict, noted: str | None) -> None:
    code, number, is_noted_there = head.origin, 0, noted is None
    while number < head.count:
        async with db.reading() as conn:
            rows = await store.list_links(conn, head.account_id, number, min(PAGE, head.count - number))
        rows = [row for row in rows if row["number"] <= head.count]
        for wrong in _look_at(key, code, number, rows):
            _tell(verdict, wrong)
        is_noted_there = is_noted_there or any(mark_of(row["number"], row["code"]) == noted for row in rows)
        verdict.count += len(rows)
        if not rows:
            break
        code, number = rows[-1]["code"], rows[-1]["number"]
    verdict.mark = mark_of(head.count, head.code)
    if number < head.count:
        _tell(verdict, f"the last {head.count - number} deeds are missing")
    elif not same(code, head.code):
        _tell(verdict, f"deed {number} is not the one that was written last")
    if not is_noted_there:
        _tell(verdict, f"{noted} is not in the record")
    await _look_behind(db, head, verdict)


def _look_at(key: bytes, code: str, number: int, rows: Sequence[Row]) -> Iterator[str]:
    """What is wrong with these rows, of which the first stands behind `number`."""
    for row in rows:
        missing = row["number"] - number - 1
        if missing:
            yield f"{missing} deeds before deed {row['number']} are missing"
        elif not same(row["code"], link(key, code, row["number"], row)):
            yield f"deed {row['number']} (row {row['id']}) was changed"
        code, number = row["code"], row["number"]


async def _look_behind(db: Database, head: Head, verdict: Verdict) -> None:
    """Nothing stands behind the end; what has been written meanwhile has moved it."""
    async with db.reading() as conn:
        behind = await store.list_links(conn, head.account_id, head.count, 1)
        now = await store.find_head(conn, head.account_id)
    if behind and (now is None or now["count"] < behind[0]["number"]):
        _tell(verdict, f"deed {behind[0]['number']} (row {behind[0]['id']}) was put in behind the end")


def _tell(verdict: Verdict, wrong: str) -> None:
    if len(verdict.wrongs) < MOST_TOLD:
        verdict.wrongs.append(wrong)


def mark_of(number: int, code: str) -> str:
    """What is noted of a deed: its number and the beginning of its code."""
    return f"{number}-{code[:MARK_LETTERS]}"
