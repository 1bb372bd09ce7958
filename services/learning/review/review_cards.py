"""What reviewers see: cards, copies of what a student sent, the state once settled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loguru import logger

from core.db.session import UnitOfWork
from core.events import CallAnswered, WordsChanged
from core.groups import GroupTrouble
from core.lifecycle import CardKind, Priority, Side
from services.content.settings import load_course_settings
from services.delivery import speech
from services.delivery.carried import carrying
from services.delivery.outbox import enqueue
from services.delivery.schemas import Outgoing, Passage, PersonMessage
from services.delivery.speech import Address, Keyboard, Words
from services.delivery.timers import find_due_at, set_timer
from services.learning.review.claim_buttons import back_rows
from services.learning.schemas import Claim, ReviewCard, StoredRun
from services.learning.store.review import cards as store
from services.people import contacts, curators
from services.tenancy.bots import is_shop_bot
from services.tenancy.groups import find_seat

SHOWN = "review_card"  # name under which Telegram's answer comes back
SILENCE = "review_silence"  # the timer that reminds reviewers
PATIENCE = timedelta(days=1)


@dataclass(frozen=True)
class NewCard:
    """A card to be shown; a reply to it is about `ref`. `made_for` keeps several of a kind apart."""

    kind: CardKind
    subject_id: int
    words: Words
    ref: str
    buttons: Keyboard = ()
    made_for: str = ""


async def list_reviewers(uow: UnitOfWork, run: StoredRun) -> list[int]:
    """Where all of a run is shown: its deployment's review group, else each of those who review and have started the bot.

    While the bot cannot write in the group, they stand in for it; what is written to the shop goes to them, too.
    """
    is_shop = await is_shop_bot(uow, run.bot_id)
    chat_id = None if is_shop else (await load_course_settings(uow, run.deployment_id)).review_chat_id
    seat = await find_seat(uow, run.bot_id, chat_id) if chat_id is not None else None
    if chat_id is not None and (seat is None or seat.trouble in {None, GroupTrouble.NO_TOPICS}):
        return [seat.group.chat_id if seat else chat_id]
    reachable = await curators.list_reachable(uow, run.bot_id)
    if not reachable and not is_shop:
        logger.bind(event="review.nobody", bot_id=run.bot_id).error(
            "something waits for a reviewer, but none has started the bot"
        )
    return reachable


async def show_card(uow: UnitOfWork, to: Address, card: NewCard) -> bool:
    """Show a card in a reviewers' chat, once, and say whether that is now; its message is remembered so that it can change later."""
    row = {
        "kind": card.kind,
        "subject_id": card.subject_id,
        "bot_id": to.bot_id,
        "chat_id": to.chat_id,
        "made_for": card.made_for,
    }
    card_id = await store.add_card(uow.conn, uow.account_id, row)
    if card_id is None:
        return False
    payload: dict[str, Any] = {**to.fields, "text": card.words}
    if card.buttons:
        payload["buttons"] = [list(line) for line in card.buttons]
    key, told = f"card:{card_id}", {"name": SHOWN, "ref": card_id}
    call = Outgoing(to.bot_id, to.chat_id, "sendMessage", payload, key, Priority.INTERACTIVE, card.ref, told)
    enqueue(uow, call)
    return True


async def show_piece(
    uow: UnitOfWork, to: Address, ref: str, piece: Mapping[str, Any], made_for: str = ""
) -> None:
    """Bring one of the student's messages to a reviewer, below its card; once more for what it is `made_for`."""
    said = PersonMessage(
        piece["chat_id"], piece["message_id"], piece.get("content") or {}, piece.get("album")
    )
    about = f"{ref}:{made_for}" if made_for else ref
    await carrying.carry(uow, said, to, Passage(to.bot_id, about, Side.STUDENT, ref))


def piece_of(said: PersonMessage) -> dict[str, Any]:
    """A message of a student's as it is kept."""
    return {
        "chat_id": said.chat_id,
        "message_id": said.message_id,
        "content": dict(said.content),
        "album": said.album,
    }


def change_piece(pieces: Sequence[Mapping[str, Any]], changed: WordsChanged) -> list[Mapping[str, Any]]:
    """The student's messages as they are kept, one of them changed."""
    place = (changed.chat_id, changed.message_id)
    return [
        {**piece, "content": changed.content} if (piece["chat_id"], piece["message_id"]) == place else piece
        for piece in pieces
    ]


async def note_shown(uow: UnitOfWork, answer: CallAnswered) -> ReviewCard | None:
    """Keep the message of a card that Telegram has shown; gives the card."""
    if not answer.ok:
        return None
    return await store.keep_message(uow.conn, uow.account_id, answer.ref, answer.result["message_id"])


async def list_shown(uow: UnitOfWork, subject_id: int, *kinds: CardKind) -> list[ReviewCard]:
    """The cards about a submission or a question that reviewers have before them."""
    return await store.list_shown(uow.conn, uow.account_id, kinds, subject_id)


def settle_card(
    uow: UnitOfWork, card: ReviewCard, words: Words, outcome: str, buttons: Keyboard = ()
) -> None:
    """Put these words and buttons in place of a card's; once per outcome."""
    fields: dict[str, Any] = {"chat_id": card.chat_id, "message_id": card.message_id, "text": words}
    if buttons:
        fields["buttons"] = [list(row) for row in buttons]
    key = f"card:{card.id}:{card.kind}:{outcome}"
    enqueue(
        uow,
        Outgoing(card.bot_id, card.chat_id, "editMessageText", fields, key, Priority.INTERACTIVE),
    )


async def with_claim(uow: UnitOfWork, words: Words, claim: Claim | None) -> Words:
    """A card's words, and who has it before them."""
    if claim is None:
        return words
    curator = await contacts.find_by_telegram_id(uow, claim.curator_id)
    until = speech.moment(claim.until, curator.zone if curator else "UTC")
    name = await name_reviewer(uow, claim.curator_id)
    return speech.lines(words, speech.words("review-with", name=name, until=until))


def mark_of(uow: UnitOfWork, claim: Claim | None) -> str:
    """What tells one look of a waiting card from another."""
    return f"with:{claim.curator_id}:{claim.until.isoformat()}" if claim else f"free:{uow.now.isoformat()}"


async def is_shown_in(uow: UnitOfWork, place: Address) -> bool:
    """Whether somebody has cards before them in this chat."""
    return await store.has_cards(uow.conn, uow.account_id, place.bot_id, place.chat_id)


def take_buttons(uow: UnitOfWork, card: ReviewCard, why: str) -> None:
    """Take a card's buttons away, for newer ones stand below; its own answer can still be taken back."""
    fields: dict[str, Any] = {"chat_id": card.chat_id, "message_id": card.message_id}
    if card.answer:
        fields["buttons"] = back_rows(card.address, card.answer)
    else:
        fields["reply_markup"] = {"inline_keyboard": []}
    key = f"card:{card.id}:bare:{why}"
    enqueue(uow, Outgoing(card.bot_id, card.chat_id, "editMessageReplyMarkup", fields, key))


async def name_reviewer(uow: UnitOfWork, telegram_id: int | None) -> str:
    """How a reviewer is called; empty if nobody knows them."""
    reviewer = await contacts.find_by_telegram_id(uow, telegram_id) if telegram_id else None
    return reviewer.full_name if reviewer else ""


async def expect_answer(uow: UnitOfWork, run: StoredRun) -> None:
    """From now on the reviewers of this run's deployment are reminded if they stay silent."""
    if await find_due_at(uow, SILENCE, _silence_key(run)) is None:
        await remind_later(uow, run, uow.now, 1)


async def remind_later(uow: UnitOfWork, run: StoredRun, since: datetime, number: int) -> None:
    """Look once more, a day after `since`, at what waits where this run takes place."""
    payload = {"bot_id": run.bot_id, "deployment_id": run.deployment_id, "number": number}
    await set_timer(uow, SILENCE, _silence_key(run), since + PATIENCE, payload)


def _silence_key(run: StoredRun) -> str:
    return f"{run.bot_id}:{run.deployment_id or 0}"


async def forget_cards(uow: UnitOfWork, chat_id: int) -> None:
    """The cards in a chat are out of reach: it has moved. What waits can be shown anew where it went."""
    await store.forget_cards(uow.conn, uow.account_id, chat_id)
