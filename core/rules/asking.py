"""Whether words sent where work is awaited look like work, or rather like a question or a kind word."""

import re

MOST_ASKING = 200  # letters: a longer text that asks something is a text
FEW = 10  # words of several sentences that are still one question
MOST_COURTEOUS = 5  # words
MOST_ABOUT_PRICE = 5  # words
_PRICE = re.compile(
    r"\b(?:how much|how expensive|pric(?:e|es|ing|ed)|costs?|tariffs?|"
    r"сколько (?:\w+ ){0,3}(?:сто(?:ит|ят|ить|ило)|плат\w+)|почём|почем|стоимост\w+|"
    r"цен(?:а|ы|у|е|ой|ам|ах|ник\w*)?|расцен\w+|прайс\w*|тариф\w*)\b",
    re.IGNORECASE,
)
_LINK = re.compile(r"https?://|t\.me/|www\.", re.IGNORECASE)
_SENTENCES = re.compile(r"[.!?…]\s+\S")
_QUESTION_WORD = re.compile(
    r"(?:why|how|what|when|where|who|which|can i|may i|could i|should i|is it|do i|"
    r"почему|зачем|как|какой|какая|какие|какое|что|когда|где|кто|куда|сколько|можно ли|нужно ли|подскажите)\b",
    re.IGNORECASE,
)
_COURTESY = re.compile(
    r"(?:ok|okay|thanks|thank you|hello|hi|got it|understood|yes|no|"
    r"ок|окей|спасибо|благодарю|привет|здравствуйте|хорошо|понятно|понял|поняла|ясно|да|нет)\b",
    re.IGNORECASE,
)


def looks_unlike_work(text: str) -> bool:
    """Whether they are better asked what a text is: a single word, a question, a courtesy. A link is work."""
    line = text.strip()
    if _LINK.search(line):
        return False
    words = len(line.split())
    return words == 1 or asks(line) or (words <= MOST_COURTEOUS and _COURTESY.match(line) is not None)


def asks(text: str) -> bool:
    """Whether a text is a question: it ends as one, and is one sentence or few words; or it begins with a word that asks."""
    line = text.strip()
    if len(line) > MOST_ASKING or (_SENTENCES.search(line) and len(line.split()) > FEW):
        return False
    return line.endswith("?") or ("?" in line and _QUESTION_WORD.match(line) is not None)


def asks_for_prices(text: str) -> bool:
    """Whether a text has a word about the price."""
    return _PRICE.search(text) is not None


def is_only_price(text: str) -> bool:
    """Whether the price list answers all of it: few words, one of them about the price."""
    return asks_for_prices(text) and len(text.split()) <= MOST_ABOUT_PRICE
