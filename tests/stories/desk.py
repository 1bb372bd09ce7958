"""An author or owner at the screens of a wizard: writes, presses, reads what the same message shows then."""

from dataclasses import dataclass

from core.text.catalog import say
from sandbox.client.client import Chat, Message, Person
from tests.stories.chat_pictures import take_pictures
from tests.stories.money_words import hear, pattern
from tests.stories.school import School, eventually


@dataclass
class Desk:
    """An author at the screens of a wizard."""

    chat: Chat
    school: School
    language: str
    screen: Message | None = None
    written: int = 0
    pressed: int = 0
    prefix: str = "wizard"  # of the names of pictures

    async def write(self, text: str, shows: str) -> Message:
        """Write; the screen that comes says this."""
        self.written += 1
        return await self._comes(await self.chat.send(text), shows)

    async def photo(self) -> Message:
        """Send a photo; it is fetched by a job, and the screen says that it is there."""
        return await self._comes(await self.chat.send_photo(), "wizard-now")

    async def _comes(self, sent: Message, shows: str) -> Message:
        self.screen = await hear(self.chat, shows, self.language, after=sent.id)
        return self.screen

    async def tap(self, *taps: tuple[str, str]) -> Message:
        """Press one button after the other, each by its key; the same message then shows what stands beside."""
        for button, shows in taps:
            await self.press(say(button, self.language), shows)
        assert self.screen is not None
        return self.screen

    async def press(self, text: str, shows: str) -> Message:
        """Press a button; the same message then shows this."""
        former = self.screen
        assert former is not None
        self.pressed += 1
        await self.chat.press(text, former)

        async def look() -> Message | None:
            there = [one for one in await self.chat.messages() if one.id == former.id]
            is_new = (there[0].text, there[0].buttons) != (former.text, former.buttons)
            return there[0] if is_new and pattern(shows, self.language).search(there[0].text) else None

        try:
            self.screen = await eventually(look)
        except AssertionError:
            raise AssertionError(
                f"{text} does not show {shows}: {(await self.chat.messages())[-3:]}"
            ) from None
        return self.screen

    async def preview(self, shows: str) -> Message:
        """Look at it as people will; the screen comes again below."""
        former = self.screen
        assert former is not None
        await self.chat.press(say("wizard-do-preview", self.language), former)
        return await self._comes(former, shows)

    async def leave_for(self, text: str, shows: str) -> Message:
        """Press a button that leads to something of its own, below."""
        former = self.screen
        assert former is not None
        self.pressed += 1
        await self.chat.press(text, former)
        return await self._comes(former, shows)

    async def hear(self, shows: str) -> Message:
        """What the bot says by itself below the screen."""
        assert self.screen is not None
        return await self._comes(self.screen, shows)

    async def look(self) -> None:
        """A picture of the screen they are at, where somebody wants one."""
        assert self.screen is not None
        owner: Person = self.chat._owner  # type: ignore[assignment]
        bot = self.school.sales
        await take_pictures(
            self.school.telegram, self.language, [(owner, bot)], f"{self.prefix}{self.screen.id:03}"
        )
