"""How much anybody may do in a while: the one table, read by whoever counts and by docs/reference/limits.md.

What an account may *have* (students, bots, storage) is its plan's (`services/tenancy/plans`).
"""

from dataclasses import dataclass
from enum import StrEnum

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
TEN_MINUTES = 10 * MINUTE


class Whose(StrEnum):
    """Who is counted."""

    PERSON = "one person in one bot"
    COURSE = "one person in one course"
    BOT = "one bot"
    ACCOUNT = "one account"
    CALLER = "one member or key"
    ADDRESS = "one address, before anybody has signed in"


@dataclass(frozen=True)
class Limit:
    """At most so many in so many seconds (0: without an end); `word` names the text that says it is reached, if one does."""

    what: str
    whose: Whose
    most: int
    seconds: float
    word: str
    kept: str  # where it is counted, and what ends it besides time


_PROCESS = "the process that owns the bot; forgotten when it ends, never for members"
_WEB = "the process that answers"
_ROWS = "the database"
UPDATES = Limit("messages and presses", Whose.PERSON, 600, MINUTE, "too-fast", _PROCESS)
UPLOADS = Limit("files sent to a bot", Whose.PERSON, 100, TEN_MINUTES, "too-many-files", _PROCESS)
TALKS = Limit("messages that a model answers", Whose.PERSON, 30, TEN_MINUTES, "too-many-talks", _PROCESS)
GUESSES = Limit("links and codes that lead nowhere", Whose.PERSON, 20, HOUR, "too-many-links", _PROCESS)
ORDERS = Limit("orders", Whose.PERSON, 20, HOUR, "too-many-orders", _PROCESS)
LETTERS = Limit("addresses named with /email", Whose.PERSON, 5, DAY, "mail-too-many", _PROCESS)
TALKS_OF_COURSE = Limit(
    "messages that a model answers",
    Whose.COURSE,
    150,
    0,
    "",
    f"{_ROWS}, where a course has a ban; a pardon begins anew",
)
TALKS_OF_BOT = Limit("messages that a model answers", Whose.BOT, 600, TEN_MINUTES, "model-busy", _PROCESS)
BROADCASTS_OF_BOT = Limit("broadcasts started", Whose.BOT, 50, DAY, "error-broadcasts-too-many", _ROWS)
TALKS_OF_ACCOUNT = Limit(
    "messages that a model answers", Whose.ACCOUNT, 3_000, TEN_MINUTES, "model-busy", _PROCESS
)
BROADCASTS_OF_ACCOUNT = Limit(
    "broadcasts started", Whose.ACCOUNT, 200, DAY, "error-broadcasts-too-many", _ROWS
)
UPLOADS_OF_ACCOUNT = Limit(
    "files uploaded over HTTP", Whose.ACCOUNT, 300, HOUR, "problem-uploads-too-many", _WEB
)
EXPORTS = Limit("exports", Whose.ACCOUNT, 60, HOUR, "problem-exports-too-many", _WEB)
READS = Limit("requests that look", Whose.CALLER, 600, MINUTE, "problem-too-many-requests", _WEB)
WRITES = Limit("requests that change", Whose.CALLER, 120, MINUTE, "problem-too-many-requests", _WEB)
SIGN_INS = Limit("tries to sign in or sign up", Whose.ADDRESS, 20, MINUTE, "problem-too-many-requests", _WEB)
LIMITS: tuple[Limit, ...] = tuple(value for value in list(globals().values()) if isinstance(value, Limit))
OF_PEOPLE: tuple[Limit, ...] = tuple(limit for limit in LIMITS if limit.kept == _PROCESS)
"""Those that are counted where a bot's updates are handled."""
