"""Drains a bot's outbox: claim what may leave, send it, commit what became of it."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from loguru import logger

from bots.runtime.client import Answer, NotSentError, OutcomeUnknownError, TelegramClient, Upload
from bots.runtime.sending.chat_pace import LEARNED_SECONDS
from bots.runtime.sending.outcomes import read_outcome
from bots.runtime.sending.pacer import Pacer
from bots.runtime.sending.shown import Shown
from core.db.session import Database
from core.errors import DomainError
from services.content.messages import media
from services.delivery import outbox
from services.delivery.outbox import Render
from services.delivery.schemas import Lease, Outcome, Postponed, QueuedCall, Rendered, Sent, Unknown
from services.delivery.sending import rate_holds
from services.delivery.sending.turns import Turns
from services.tenancy.schemas import ConnectedBot
from utils import faultpoints
from utils.telegram_html import strip_tags

TOGETHER = {
    "sendMediaGroup": "media",
    "copyMessages": "message_ids",
}  # several messages of one call, by field
PAID = "allow_paid_broadcast"
UNREADABLE = "can't parse entities"
MOST_AT_ONCE = 256
PART_OF_SECOND = 8  # a batch holds at most this part of a second's messages: 4 at 30 per second
MANY_OUTCOMES = 64  # worth a commit at once
GATHER_SECONDS = 0.005
STOP_SECONDS = 10.0
RETRY_SECONDS = 1.0
LOOK_SECONDS = 0.25  # a long silence is slept through in such pieces, so that a stop is noticed
IDLE_SECONDS = 30.0  # the tick rings for rows of other processes


@dataclass
class Sender:
    """One bot's way out; everything it says passes the pacer, in the order the outbox gives."""

    db: Database
    bot: ConnectedBot
    lease: Lease
    telegram: TelegramClient
    pacer: Pacer
    render: Render
    rate: int
    paid: Pacer | None = None  # of what Telegram is paid for: it does not count that
    _shown: Shown = field(default_factory=Shown)
    _turns: Turns = field(default_factory=Turns)
    _outcomes: list[Outcome] = field(default_factory=list)
    _flying: set[asyncio.Task[None]] = field(default_factory=set)
    _refusing: dict[str, float] = field(default_factory=dict)  # direct methods that got a 429: until when
    _stopping: bool = False
    _claiming: asyncio.Task[None] | None = None
    _recording: asyncio.Task[None] | None = None  # only while there is something to record

    async def start(self) -> None:
        """Obey what Telegram told the former owner, then begin."""
        for chat_id, seconds in (await rate_holds.load(self.db, self.bot.id)).items():
            self.pacer.hold(seconds, chat_id)
        learned = await rate_holds.load_burst(self.db, self.bot.id)
        if learned is not None:
            self.pacer.chats.believe(*learned)
        self._claiming = asyncio.create_task(self._claim_loop())

    async def stop(self) -> None:
        """Claim nothing more, let what is in flight land, record it."""
        self._stopping = True
        self.db.bell.ring(outbox.topic_of(self.bot.id))
        if self._claiming:
            await self._claiming
        if self._flying:
            _, late = await asyncio.wait(self._flying, timeout=STOP_SECONDS)
            for task in late:
                task.cancel()  # stays `sending`: the next owner decides about it
            await asyncio.gather(*late, return_exceptions=True)
        if self._recording:
            await self._recording

    def call_soon(self, method: str, fields: Mapping[str, Any]) -> None:
        """A call that may be lost: callback answers, chat actions."""
        self._fly(self._call_once(method, fields))

    def _fly(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._flying.add(task)
        task.add_done_callback(self._flying.discard)

    async def _call_once(self, method: str, fields: Mapping[str, Any]) -> None:
        """Telegram counts messages: these calls take no slot from one, and a 429 to them is about their method."""
        if self.db.clock.monotonic() < self._refusing.get(method, 0.0):
            return
        try:
            answer = await self.telegram.call(self.bot.token, method, fields)
            if answer.retry_after:
                self._refusing[method] = self.db.clock.monotonic() + answer.retry_after
        except (NotSentError, OutcomeUnknownError) as error:
            logger.debug("{} was not answered: {}", method, error)

    async def _claim_loop(self) -> None:
        topic = outbox.topic_of(self.bot.id)
        while not self._stopping:
            free = self.pacer.free()
            if not free or not self._owns():
                await asyncio.sleep(min(self.pacer.wait(), LOOK_SECONDS))
                continue
            try:
                claimed = await self._claim(free)
            except Exception as error:  # loop edge: the database may be away for a moment
                logger.opt(exception=error).error("claiming for @{} failed", self.bot.username)
                await asyncio.sleep(RETRY_SECONDS)
                continue
            for rendered in claimed:
                self._fly(self._send(rendered))
            if not claimed:
                await self.db.bell.wait(
                    topic, min(self.pacer.chats.next_unbarred() or IDLE_SECONDS, IDLE_SECONDS)
                )

    def _owns(self) -> bool:
        return self.db.clock.monotonic() < self.lease.valid_until

    async def _claim(self, free: int) -> list[Rendered]:
        limit = min(free, MOST_AT_ONCE - len(self._flying), max(4, self.rate // PART_OF_SECOND))
        if limit <= 0:
            await asyncio.wait(self._flying, return_when=asyncio.FIRST_COMPLETED)
            return await self._claim(free)
        barred = self.pacer.chats.barred()
        claimed = await outbox.claim_calls(self.db, self.lease, barred, limit, self.render, self._turns)
        for rendered in claimed:
            weight = self._weight(rendered)
            await self._wait_for_room(rendered, weight)
            self._pacer_of(rendered).take(_spoken_to(rendered.call), weight)
        return claimed

    def _weight(self, rendered: Rendered) -> int:
        """How many messages Telegram counts: an album is one for each of its files, also where it is repeated."""
        files = rendered.fields.get(TOGETHER.get(rendered.call.method, ""), ())
        return min(len(files), self.rate) or 1

    def _pacer_of(self, rendered: Rendered) -> Pacer:
        return self.paid if self.paid and rendered.fields.get(PAID) else self.pacer

    async def _wait_for_room(self, rendered: Rendered, weight: int) -> None:
        """An album leaves when there is room for all of it; what a 429 forbids is put off at its sending.

        One message of the free pace was claimed into a free slot.
        """
        pacer = self._pacer_of(rendered)
        if weight == 1 and pacer is self.pacer:
            return
        while True:
            if pacer.room() >= weight or self.pacer.silence(rendered.call.chat_id):
                return
            await asyncio.sleep(min(pacer.wait(), LOOK_SECONDS))

    async def _send(self, rendered: Rendered) -> None:
        outcome: Outcome
        began = self.db.clock.monotonic()
        try:
            faultpoints.reach("before send")
            outcome = await self._carry_out(rendered)
            faultpoints.reach("after send")
        except Exception as error:  # loop edge: whatever happens to one call is its outcome
            logger.opt(exception=error).error("sending {} failed", rendered.call.dedupe_key)
            outcome = Unknown(rendered.call, repr(error))
        finally:
            self._pacer_of(rendered).done(
                self.db.clock.monotonic() - began, _spoken_to(rendered.call), self._weight(rendered)
            )
        self._outcomes.append(outcome)
        if self._recording is None:
            self._recording = asyncio.create_task(self._record())

    async def _carry_out(self, rendered: Rendered) -> Outcome:
        if self._shown.is_there(rendered):
            return Sent(rendered.call, {"message_id": rendered.fields["message_id"]})
        return await self._ask_telegram(rendered)

    async def _ask_telegram(self, rendered: Rendered) -> Outcome:
        call = rendered.call
        if not self._owns():
            return Postponed(call, timedelta(), "the lease ran out before the send")
        if silence := self.pacer.silence(call.chat_id):
            return Postponed(call, timedelta(seconds=silence), "a 429 came between the claim and the send")
        answer = Answer(ok=False)
        try:
            uploads, fields = self._uploads(rendered.fields)
            answer = await self.telegram.call(self.bot.token, call.method, fields, uploads)
            if _is_unreadable(answer, fields):
                logger.bind(event="text.plain", outbox_id=call.id).warning(
                    "{} is said without its markup: {}", call.dedupe_key, answer.error
                )
                answer = await self.telegram.call(self.bot.token, call.method, _bare(fields), uploads)
        except NotSentError as error:
            return Postponed(call, timedelta(seconds=RETRY_SECONDS), f"not sent: {error}")
        except OutcomeUnknownError as error:
            return Unknown(call, str(error), idempotent=call.method in outbox.IDEMPOTENT)
        except DomainError as error:
            return read_outcome(call, Answer(ok=False, code=400, error=str(error)))
        finally:
            self._shown.note(rendered, done=answer.ok, result=answer.result)
        if answer.retry_after:
            await self._obey(answer.retry_after, rendered)
        if answer.ok and uploads:
            await self._keep_file_ids(rendered, answer.result)
        return read_outcome(call, answer)

    async def _obey(self, seconds: float, rendered: Rendered) -> None:
        """Hold the chat or the bot, whichever the 429 is about, and keep that for a next owner."""
        weight = self._weight(rendered) if _spoken_to(rendered.call) else 0
        verdict = self.pacer.obey(seconds, rendered.call.chat_id, weight)
        whom = f"chat {verdict.chat_id}" if verdict.chat_id else "the bot"
        logger.bind(event="rate.held", bot_id=self.bot.id, seconds=seconds, chat_id=verdict.chat_id).warning(
            "429: {} is silent for {} s", whom, seconds
        )
        await rate_holds.store(self.db, self.bot.account_id, self.bot.id, verdict.chat_id, seconds)
        if verdict.burst is not None:
            logger.bind(event="rate.learned", bot_id=self.bot.id, burst=verdict.burst).warning(
                "a person's chat takes {} messages at once, not more", verdict.burst
            )
            await rate_holds.store_burst(
                self.db, self.bot.account_id, self.bot.id, verdict.burst, LEARNED_SECONDS
            )

    def _uploads(self, fields: Mapping[str, Any]) -> tuple[dict[str, Upload], Mapping[str, Any]]:
        files = {name: value for name, value in fields.items() if _is_file(value)}
        album = [dict(part) for part in _parts(fields)]
        if not files and not album:
            return {}, fields
        uploads = {name: self._read(file) for name, file in files.items()}
        plain = {name: value for name, value in fields.items() if name not in files}
        for number, part in enumerate(album):
            if _is_file(part["media"]):
                uploads[f"file{number}"] = self._read(part["media"])
                part["media"] = f"attach://file{number}"
        return uploads, {**plain, "media": album} if album else plain

    def _read(self, file: Mapping[str, str]) -> Upload:
        path = media.find_file(self.db.env, file["media"])
        media.check_size(path)
        return Upload(file.get("name", path.name), path)

    async def _keep_file_ids(self, rendered: Rendered, result: Any) -> None:
        sent = [(value, _file_id(result, name)) for name, value in rendered.fields.items() if _is_file(value)]
        if isinstance(result, list):
            pairs = zip(_parts(rendered.fields), result, strict=False)
            sent += [(part["media"], _file_id(shown, part["type"])) for part, shown in pairs]
        async with self.db.unit(self.bot.account_id) as uow:
            for value, file_id in sent:
                if file_id and _is_file(value):
                    digest = media.digest_of(media.find_file(self.db.env, value["media"]))
                    await media.remember_file_id(uow, self.bot.id, value["media"], digest, file_id)

    async def _record(self) -> None:
        """Everything that came back since the last commit goes into one commit, until there is nothing left."""
        while self._outcomes:
            if self._flying and len(self._outcomes) < MANY_OUTCOMES:
                await asyncio.sleep(GATHER_SECONDS)  # more land in this very moment: one commit for all
            batch, self._outcomes = self._outcomes, []
            try:
                await outbox.record_outcomes(self.db, self.lease, batch)
            except Exception as error:  # loop edge: an outcome must not be forgotten
                logger.opt(exception=error).error("recording {} outcomes failed", len(batch))
                self._outcomes = batch + self._outcomes
                await asyncio.sleep(RETRY_SECONDS)
        self._recording = None


def _spoken_to(call: QueuedCall) -> int:
    """The chat in which a call says something; 0 for one that says nothing."""
    speaks = call.method.startswith(("send", "copy", "forward")) and call.method != "sendChatAction"
    return call.chat_id if speaks else 0


def _is_unreadable(answer: Answer, fields: Mapping[str, Any]) -> bool:
    """Whether Telegram refused a text for its markup: certainly nothing was said."""
    return not answer.ok and UNREADABLE in answer.error.lower() and "parse_mode" in fields


def _bare(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The same words without markup."""
    bare = {name: value for name, value in fields.items() if name != "parse_mode"}
    return {**bare, **{name: strip_tags(bare[name]) for name in ("text", "caption") if name in bare}}


def _parts(fields: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The files of an album; no other call has several."""
    media = fields.get("media")
    return media if isinstance(media, list) else []


def _is_file(value: Any) -> bool:
    return isinstance(value, dict) and "media" in value and set(value) <= {"media", "name"}


def _file_id(result: Any, name: str) -> str | None:
    """Telegram's name for the file in a sent message; a photo has several sizes, the last is the largest."""
    sent = result.get(name) if isinstance(result, Mapping) else None
    largest = sent[-1] if isinstance(sent, list) and sent else sent
    return largest.get("file_id") if isinstance(largest, Mapping) else None
