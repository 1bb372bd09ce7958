"""A course with a student and two reviewers, over the bots' own handlers."""

from dataclasses import dataclass, field
from typing import Any

from core.db.models.commerce import accesses
from core.db.session import Database
from core.events import AccessGranted, AccessRevoked
from core.lifecycle import AccessStatus, BotKind
from services.content.deployments import deploy_flow
from services.content.flows import publish_flow
from services.people.consents import VERSION
from tests.bots.admin.desk import ADMIN, Call, Desk
from tests.factories.accounts import COURSE_BOT, SALES_BOT, add_bot
from tests.factories.flows import make_course
from tests.factories.persons import ANNA, add_consent, add_contact
from tests.factories.rows import read_rows
from tests.factories.sales import add_access, add_tariff
from tests.fakes.clock import StillClock

SECOND = 1009  # the other reviewer
ALL_RIGHTS = ("questions", "feedback")
PIECES: dict[str, dict[str, Any]] = {
    "photo": {"photo": [{"file_id": "f", "file_unique_id": "u", "width": 1, "height": 1}]},
    "voice": {"voice": {"file_id": "f", "file_unique_id": "u", "duration": 1}},
    "video": {"video": {"file_id": "f", "file_unique_id": "u", "duration": 1, "width": 1, "height": 1}},
    "video_note": {"video_note": {"file_id": "f", "file_unique_id": "u", "duration": 1, "length": 1}},
    "document": {"document": {"file_id": "f", "file_unique_id": "u"}},
    "audio": {"audio": {"file_id": "f", "file_unique_id": "u", "duration": 1}},
}


def lesson(day: int, **fields: Any) -> dict[str, Any]:
    return {
        "key": f"day{day}",
        "type": "lesson",
        "title": f"Title {day}",
        "drip": {"day": day},
        "messages": [{"text": f"Lesson {day}"}],
        **fields,
    }


def assignment(number: int = 1, **fields: Any) -> dict[str, Any]:
    return {"key": f"task{number}", "type": "assignment", "text": f"Task {number}", **fields}


@dataclass
class Room:
    """The student writes by default; `rights` None: they have bought nothing."""

    db: Database
    clock: StillClock
    desk: Desk
    access_id: int = 0
    contact_id: int = 0
    tariff_id: int = 0
    _albums: list[str] = field(default_factory=list)

    async def open(
        self,
        *steps: dict[str, Any],
        rights: tuple[str, ...] | None = ALL_RIGHTS,
        reviewers: int = 2,
        zone: str = "Europe/Moscow",
    ) -> None:
        """Everything is there, the reviewers have started the bot, the student has begun."""
        async with self.db.unit(1) as uow:
            await add_bot(uow, SALES_BOT, BotKind.SALES)
            await add_bot(uow, COURSE_BOT, BotKind.COURSE)
            course = await publish_flow(uow, make_course(steps=list(steps)))
            await deploy_flow(uow, course.flow_id, COURSE_BOT)
            self.tariff_id = await add_tariff(uow, course.flow_id, rights=list(rights or ()))
            contact = await add_contact(uow, language="en", last_name="", zone=zone)
            self.contact_id = contact.id
            await add_consent(uow, contact.id, version=VERSION, payload="", given_at=uow.now)
            if rights is not None:
                self.access_id = await add_access(uow, contact.id, self.tariff_id)
        for who in (ADMIN, SECOND)[:reviewers]:
            await self.desk.write("/start", who, COURSE_BOT)
        await self.say("/start")

    async def say(self, text: str = "", who: int = ANNA, **more: Any) -> list[str]:
        """Somebody writes into the course bot; gives what came of it for them."""
        calls = await self.desk.write(text, who, COURSE_BOT, **more)
        return texts(calls, who)

    async def reply(self, to: Call, text: str = "", who: int = ANNA, **more: Any) -> list[str]:
        """Somebody answers one of our messages."""
        bot = {"id": to.bot, "is_bot": True, "first_name": "Bot"}
        shown = self.desk.message(to.chat, text=to.text or "-") | {"message_id": to.message_id, "from": bot}
        return await self.say(text, who, reply_to_message=shown, **more)

    async def press(self, button: str, who: int = ANNA, holder: Call | None = None) -> list[str]:
        """Somebody presses a button; gives what came of it for them."""
        return texts(await self.desk.press(button, who, holder), who)

    async def pass_time(self, **span: float) -> list[str]:
        """Time passes and what is due happens; gives what the student hears."""
        self.clock.advance(**span)
        return texts(await self.desk.tick(), ANNA)

    async def revoke(self, access_id: int | None = None) -> list[str]:
        """Their access is taken away, as commerce would do it."""
        lost = access_id or self.access_id
        async with self.db.unit(1) as uow:
            changed = accesses.update().where(accesses.c.id == lost).values(status=AccessStatus.REVOKED)
            await uow.conn.execute(changed)
            uow.publish(AccessRevoked(lost, self.contact_id, self.tariff_id))
        return texts(await self.desk.deliver(), ANNA)

    async def grant(self) -> list[str]:
        """They have their access again."""
        async with self.db.unit(1) as uow:
            again = accesses.update().where(accesses.c.id == self.access_id)
            await uow.conn.execute(again.values(status=AccessStatus.ACTIVE, ends_at=None))
            uow.publish(AccessGranted(self.access_id, None, self.contact_id, self.tariff_id))
        return texts(await self.desk.deliver(), ANNA)

    def seen(self, who: int, method: str = "") -> list[Call]:
        """What somebody has before them, oldest first."""
        return [one for one in self.desk.calls if one.chat == who and method in one.method]

    def last(self, who: int, text: str) -> Call:
        """The newest message to somebody that holds the text."""
        return [one for one in self.seen(who) if text in one.text][-1]

    async def rows(self, table: Any, **where: Any) -> list[Any]:
        return await read_rows(self.db, table, **where)


def texts(calls: list[Call], who: int) -> list[str]:
    """What somebody hears, copies by their method."""
    return [one.text or one.method for one in calls if one.chat == who]
