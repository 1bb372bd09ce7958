"""The doors of the paid groups, as those find them who have a link."""

from sandbox.client.chat import SandboxRefusedError
from sandbox.client.client import Group, Message, Person, SandboxClient
from tests.stories.school import PATIENCE, School, eventually


def link_in(message: Message) -> str:
    """The address behind a message's first button."""
    return str(message.rows[0][0]["url"])


async def list_declined(tg: SandboxClient, school: School) -> list[int]:
    """Whose requests to join the sales bot has declined, as often as it did."""
    calls = await tg.calls(bot=school.sales.username, method="declineChatJoinRequest", limit=100_000)
    return [int(call["params"]["user_id"]) for call in calls if call["code"] == 200]


async def come_in(person: Person, group: Group, link: str, *, patience: float = PATIENCE) -> None:
    """Ask to join by a link and be let in."""
    assert await person.join(link) == "requested"

    async def is_in() -> bool:
        return (await group.members()).get(person.id) == "member"

    await eventually(is_in, patience)


async def is_closed(person: Person, link: str) -> bool:
    """Whether a link leads nowhere any more."""
    try:
        await person.join(link)
    except SandboxRefusedError:
        return True
    return False
