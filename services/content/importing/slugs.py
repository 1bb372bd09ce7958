"""A course's slug from the name of its file."""

import re
import unicodedata

from core.rules.deep_link import Plain, parse_payload

MOST = 32
_FITS = re.compile(r"[A-Za-z0-9_-]{1,32}")
_CYRILLIC = {
    **dict(zip("абвгдезийклмнопрстуфыэёіґў", "abvgdeziyklmnoprstufyeeigu", strict=True)),
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
    "ї": "yi",
    "є": "ye",
}


def make_slug(name: str) -> str:
    """Up to 32 of A-Z a-z 0-9 _ -: a name that fits stays as it is; empty when nothing of it is left.

    A name that looks like a link of another kind (`p_anna`) loses its underscores.
    """
    if _FITS.fullmatch(name):
        return name if parse_payload(name) == Plain(name) else re.sub("_+", "-", name)
    latin = "".join(_CYRILLIC.get(letter, letter) for letter in name.lower())
    bare = unicodedata.normalize("NFKD", latin).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9_]+", "-", bare).strip("-")[:MOST].strip("-")
