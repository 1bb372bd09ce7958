"""How an admin's command is declared: once, in the file of its topic; router, menus, `/admin` and the reference read it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum

from services.tenancy.permissions import Permission

Handler = Callable[..., Awaitable[None]]


class Section(StrEnum):
    """The heading below which `/admin` and the reference list a command; `help-section-<name>` is its text."""

    OVERVIEW = "overview"
    STUDENT = "student"
    ACCESS = "access"
    MONEY = "money"
    CONTENT = "content"


BY_SECTION = {  # what a command needs that says nothing else
    Section.OVERVIEW: Permission.CONTACTS,
    Section.STUDENT: Permission.RUNS,
    Section.ACCESS: Permission.ACCESS,
    Section.MONEY: Permission.MONEY,
    Section.CONTENT: Permission.CONTENT,
}


@dataclass(frozen=True)
class AdminCommand:
    """One command: what is typed, what it does, and where it is listed.

    Its words stand in the catalogues: `menu-<name>` in Telegram's menu, `help-<name>` in `/admin`. The handler's
    docstring is what the reference says of it.
    """

    name: str
    handler: Handler
    section: Section
    example: str = ""  # arguments as they are shown: `@anna 7`
    other_names: tuple[str, ...] = ()  # answered like it, shown nowhere
    looks: bool = False  # it only shows something, and is not written down as done
    permission: Permission | None = None  # what a role must allow; none: as for its section

    @property
    def needs(self) -> Permission:
        """What the role of who types it must allow."""
        return self.permission or BY_SECTION[self.section]

    @property
    def typed(self) -> str:
        """The command as somebody would type it."""
        return f"/{self.name} {self.example}".strip()
