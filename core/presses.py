"""Buttons: every kind there is, and their data `v1.kind.id.mac`: bound to the bot, the chat and the person (or a role), at most 64 bytes."""

from dataclasses import dataclass
from enum import StrEnum, unique

from utils.signing import mac, same

VERSION = "v1"
MAC_BYTES = 9
MOST_BYTES = 64
ADMINS = "role:admin"  # whom a card in a group is for, instead of one person


@unique
class PressKind(StrEnum):
    """What a button is for; it stands in messages that were sent, so a value is never given to another."""

    ACCESS_GIVE = "gv"
    ACCESS_LEAVE = "no"
    ACCESS_RETURN = "tb"
    ACCESS_TAKE = "tk"
    ACCESS_TAKE_ASK = "tq"
    ANSWER_BACK = "ab"
    BROADCAST = "bc"
    BUY = "buy"
    CANNED = "cnd"
    CATALOG_COURSE = "cat"
    CERTIFICATE = "crt"
    COMMISSION = "cms"
    CONSENT_GIVE = "ok"
    COURSE_AGAIN = "ca"
    COURSE_ANEW = "cn"
    COURSE_STAY = "cy"
    COURSE_SWITCH = "cs"
    DIGEST = "dg"
    DISPUTE_LOST = "rfl"
    DOOR = "door"
    DRAFT = "drf"
    ERASE = "er"
    FIGURES_PEOPLE = "stw"
    FIGURES_PERIOD = "sta"
    FIGURES_PICTURE = "stp"
    GATHER = "gth"
    GIFT = "gf"
    GIFT_KEEP = "gk"
    GROUPS_LEAVE = "tg"
    HOLD = "hld"
    HOUR = "hr"
    IMPORT = "imp"
    LANGUAGE = "lang"
    LOG = "log"
    LESSON_LIST = "ll"
    LESSON_OPEN = "ls"
    LESSON_PAGE = "lp"
    MODULE_OPEN = "mo"
    MAILING = "ml"
    MAILING_AGAIN = "mla"
    MAILING_ASK = "mlq"
    MAILING_STOP = "mls"
    ORDER = "os"
    ORDER_DROP = "od"
    ORDER_REFUND = "or"
    ORDER_SETTLE = "oy"
    ORDER_SETTLE_ASK = "ox"
    PAUSE = "pz"
    PAUSE_END = "pg"
    PAY_BY = "pw"
    PARTNER = "prt"
    PARTNERS = "prs"
    PAYOUT = "pyo"
    PERSON = "pn"
    PRICES = "ps"
    PRODUCT_AGAIN = "pa"
    PROMO_STOP = "pst"
    QUEUE = "qu"
    QUESTION = "ask"
    REFUND = "rfd"
    REFUND_DONE = "rfo"
    REFUND_NOT_DONE = "rfn"
    QUESTION_DROP = "askx"
    RECEIPT_AGAIN = "rcp"
    REMOVALS = "rmv"
    REMINDERS = "rm"
    REVIEW = "rv"
    REVIEWER_LET = "letrv"
    REVIEWER_TAKE_BACK = "unlrv"
    REVIEW_UNDO = "ru"
    SCENARIO_DELETE = "sd"
    SCENARIO_DO = "sp"
    SCENARIO_KEEP = "sk"
    SALE_NEWS = "sln"
    SETTING = "set"
    STEP = "st"
    SUBSCRIPTION = "sub"
    TEAM = "tm"
    TALK_CLOSE = "hc"
    TALK_DECLINE = "hd"
    TALK_HAND_ON = "hp"
    TALK_TAKE = "ht"
    TRIGGER = "tr"
    UPGRADE = "upg"
    WHO = "who"
    WHY = "why"
    WIZARD = "wz"
    WIZARD_OPEN = "wo"
    WIZARD_SHOWN = "ws"
    ZONE = "tz"


@dataclass(frozen=True)
class Press:
    """A button of ours that was pressed: what for, and about what."""

    kind: str
    id: str


def sign(key: bytes, bot_id: int, chat_id: int, holder: str, press: Press) -> str:
    """The callback data of a button; raises ValueError if Telegram would refuse it."""
    data = f"{VERSION}.{press.kind}.{press.id}.{_mac(key, bot_id, chat_id, holder, press)}"
    if len(data.encode()) > MOST_BYTES:
        raise ValueError(f"callback data of {press.kind} takes more than {MOST_BYTES} bytes")
    return data


def verify(
    keys: tuple[bytes, ...], bot_id: int, chat_id: int, holders: tuple[str, ...], data: str
) -> Press | None:
    """The press if the data was made by us, under any of the keys, for this bot, this chat and one of the holders."""
    parts = data.split(".")
    if len(parts) != 4 or parts[0] != VERSION:  # noqa: PLR2004 - the four parts of the format above
        return None
    press = Press(parts[1], parts[2])
    genuine = any(
        same(parts[3], _mac(key, bot_id, chat_id, holder, press)) for key in keys for holder in holders
    )
    return press if genuine else None


def _mac(key: bytes, bot_id: int, chat_id: int, holder: str, press: Press) -> str:
    return mac(key, "callback", str(bot_id), str(chat_id), holder, press.kind, press.id, size=MAC_BYTES)
