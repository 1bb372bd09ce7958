"""Who lives in the demo, and where: the bots, the people, the paid groups and the partners' channels."""

from dataclasses import dataclass

from sandbox.client.client import SandboxClient

SALES = ("700000001:DEMO-sales-bot-token-of-the-sandbox", "clear_words_bot", "Clear words")
COURSE = ("700000002:DEMO-course-bot-token-of-the-sandbox", "clear_words_course_bot", "Clear words: lessons")
SALES_BOT, COURSE_BOT = SALES[1], COURSE[1]
CARD = "yookassa"  # the provider by which the people of the demo pay
WAYS = (CARD, "stars")
GROUPS = {
    "feedback": (-1001000000001, "Clear words: together"),
    "premium": (-1001000000002, "Clear words: mentor"),
}


NAMES = {
    "ru": {
        SALES[2]: "Ясные слова",
        COURSE[2]: "Ясные слова: уроки",
        GROUPS["feedback"][1]: "Ясные слова: вместе",
        GROUPS["premium"][1]: "Ясные слова: наставник",
    }
}
"""How the page calls bots and groups for who reads Russian; Telegram itself knows one title of a group."""


@dataclass(frozen=True)
class Role:
    """Somebody of the demo; `name` is the username."""

    id: int
    name: str
    first_name: str
    language: str


@dataclass(frozen=True)
class Heroes:
    """Whom one plays in a language's tour, and the partner's channel by which the prospect comes."""

    prospect: Role
    admin: Role
    partner: Role
    channel: str
    channel_title: str
    readers: tuple[Role, ...]


OLEG = Role(1070, "oleg", "Олег", "ru")
DARYA = Role(1080, "darya", "Дарья", "ru")
IGOR = Role(1090, "igor", "Игорь", "ru")
PAVEL = Role(1100, "pavel", "Павел", "ru")
BEN = Role(1110, "ben", "Ben", "en")
NORA = Role(1120, "nora", "Nora", "en")
LUCY = Role(1130, "lucy", "Lucy", "en")
RU = Heroes(
    Role(1010, "anna", "Анна", "ru"),
    Role(1020, "marina", "Марина", "ru"),
    Role(1030, "vera", "Вера", "ru"),
    "vera_writes",
    "Вера пишет",
    (OLEG, DARYA, PAVEL),
)
EN = Heroes(
    Role(1040, "emma", "Emma", "en"),
    Role(1050, "grace", "Grace", "en"),
    Role(1060, "kate", "Kate", "en"),
    "kate_writes",
    "Kate writes",
    (BEN, NORA, LUCY),
)
HEROES = {"ru": RU, "en": EN}
ADMINS = (RU.admin.id, EN.admin.id)
CAST = (
    *(hero for heroes in HEROES.values() for hero in (heroes.prospect, heroes.admin, heroes.partner)),
    *(*RU.readers, IGOR, *EN.readers),
)


async def furnish(telegram: SandboxClient) -> None:
    """Make a new Telegram's bots, people, groups and channels."""
    for token, username, name in (SALES, COURSE):
        await telegram.add_bot(token, username, name)
    for hero in CAST:
        await telegram.person(hero.first_name, id=hero.id, username=hero.name, language_code=hero.language)
    for chat, title in GROUPS.values():
        await telegram.group(title, id=chat, owner=RU.admin.id, bots=[SALES_BOT])
    for heroes in HEROES.values():
        await telegram.group(
            heroes.channel_title,
            type="channel",
            username=heroes.channel,
            owner=heroes.partner.id,
            members=[hero.id for hero in (heroes.prospect, *heroes.readers)],
        )
