"""Cards shown to reviewers, and what waits for them."""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from core.db.models.learning import questions, review_cards, runs, submissions
from core.db.models.people import contacts
from core.db.session import Row, dialect_insert
from core.lifecycle import CardKind, QuestionStatus, SubmissionStatus
from core.text.names import show_name
from services.learning.schemas import Claim, ReviewCard, Waiting

COLUMNS = (
    review_cards.c.id,
    review_cards.c.kind,
    review_cards.c.subject_id,
    review_cards.c.bot_id,
    review_cards.c.chat_id,
    review_cards.c.message_id,
    review_cards.c.made_for,
)


def _card(row: Any) -> ReviewCard:
    kind, place = CardKind(row.kind), (row.bot_id, row.chat_id, row.message_id)
    return ReviewCard(row.id, kind, row.subject_id, *place, row.made_for)


async def add_card(conn: AsyncConnection, account_id: int, row: Row) -> int | None:
    """Note a card that is about to be shown; None if it was before."""
    rows = await conn.execute(
        dialect_insert(conn, review_cards)
        .values(account_id=account_id, **row)
        .on_conflict_do_nothing()
        .returning(review_cards.c.id)
    )
    card_id: int | None = rows.scalar_one_or_none()
    return card_id


async def keep_message(
    conn: AsyncConnection, account_id: int, card_id: int, message_id: int
) -> ReviewCard | None:
    """Telegram has shown a card: keep its number."""
    rows = await conn.execute(
        update(review_cards)
        .where(review_cards.c.id == card_id, review_cards.c.account_id == account_id)
        .values(message_id=message_id)
        .returning(*COLUMNS)
    )
    row = rows.one_or_none()
    return _card(row) if row else None


async def note_taken_back(conn: AsyncConnection, account_id: int, chat_id: int, made_for: str) -> bool:
    """The words that a card follows were taken back; False where no card follows them."""
    done = await conn.execute(
        update(review_cards)
        .where(review_cards.c.account_id == account_id, review_cards.c.chat_id == chat_id)
        .where(review_cards.c.kind == CardKind.VERDICTS, review_cards.c.made_for == made_for)
        .values(kind=CardKind.TAKEN_BACK)
    )
    return done.rowcount > 0


async def has_cards(conn: AsyncConnection, account_id: int, bot_id: int, chat_id: int) -> bool:
    """Whether a chat has been shown any."""
    shown = select(review_cards.c.id).where(
        review_cards.c.account_id == account_id,
        review_cards.c.bot_id == bot_id,
        review_cards.c.chat_id == chat_id,
        review_cards.c.message_id.is_not(None),
    )
    return await conn.scalar(shown.limit(1)) is not None


async def list_shown(
    conn: AsyncConnection, account_id: int, kinds: tuple[CardKind, ...], subject_id: int
) -> list[ReviewCard]:
    """The cards about a submission or a question that reviewers can see."""
    rows = await conn.execute(
        select(*COLUMNS)
        .where(review_cards.c.account_id == account_id, review_cards.c.subject_id == subject_id)
        .where(review_cards.c.kind.in_(kinds), review_cards.c.message_id.is_not(None))
        .order_by(review_cards.c.id)
    )
    return [_card(row) for row in rows]


async def list_waiting(conn: AsyncConnection, account_id: int, bot_id: int) -> list[Waiting]:
    """Work nobody has decided about and questions nobody has answered, the oldest first."""
    name = (contacts.c.first_name, contacts.c.last_name, contacts.c.username, contacts.c.telegram_id)
    works = await conn.execute(
        select(
            *name,
            submissions.c.title,
            submissions.c.handed_in_at,
            submissions.c.id,
            submissions.c.run_id,
            submissions.c.step,
            submissions.c.claimed_by,
            submissions.c.claimed_until,
        )
        .join(runs, runs.c.id == submissions.c.run_id)
        .join(contacts, contacts.c.id == runs.c.contact_id)
        .where(submissions.c.account_id == account_id, runs.c.bot_id == bot_id)
        .where(submissions.c.status == SubmissionStatus.IN_REVIEW)
    )
    asked = await conn.execute(
        select(
            *name,
            questions.c.text,
            questions.c.asked_at,
            questions.c.id,
            questions.c.run_id,
            questions.c.step,
            questions.c.claimed_by,
            questions.c.claimed_until,
        )
        .join(contacts, contacts.c.id == questions.c.contact_id)
        .where(questions.c.account_id == account_id, questions.c.bot_id == bot_id)
        .where(questions.c.status == QuestionStatus.ASKED)
    )
    found_works = [_waiting(CardKind.WORK, row) for row in works]
    found_works += [_waiting(CardKind.QUESTION, row) for row in asked]
    return sorted(found_works, key=lambda card: card.since)


def _waiting(kind: CardKind, row: Any) -> Waiting:
    about, since, subject_id, run_id, step, claimed_by, claimed_until = row[4:]
    claim = Claim(claimed_by, claimed_until) if claimed_by else None
    return Waiting(kind, subject_id, run_id, show_name(*row[:4]), about, since, step or "", claim)


async def forget_cards(conn: AsyncConnection, account_id: int, chat_id: int) -> None:
    """The messages of the cards in a chat can be changed no more."""
    await conn.execute(
        update(review_cards)
        .where(review_cards.c.account_id == account_id, review_cards.c.chat_id == chat_id)
        .values(message_id=None)
    )


async def forget_cards_about(
    conn: AsyncConnection, account_id: int, chat_id: int, kind: CardKind, subject_id: int
) -> bool:
    """The cards about one thing in a chat are out of reach; whether there were any that had been shown."""
    done = await conn.execute(
        update(review_cards)
        .where(review_cards.c.account_id == account_id, review_cards.c.chat_id == chat_id)
        .where(review_cards.c.kind == kind, review_cards.c.subject_id == subject_id)
        .where(review_cards.c.message_id.is_not(None))
        .values(message_id=None)
    )
    return done.rowcount > 0


async def count_waiting_of(conn: AsyncConnection, account_id: int, contact_id: int) -> int:
    """Works and questions of a person that nobody has answered."""
    works = select(func.count()).where(
        submissions.c.account_id == account_id,
        submissions.c.status == SubmissionStatus.IN_REVIEW,
        submissions.c.run_id.in_(select(runs.c.id).where(runs.c.contact_id == contact_id)),
    )
    asked = select(func.count()).where(
        questions.c.account_id == account_id,
        questions.c.contact_id == contact_id,
        questions.c.status == QuestionStatus.ASKED,
    )
    return int(await conn.scalar(works) or 0) + int(await conn.scalar(asked) or 0)
