"""What of a text is seen: signs that draw nothing, and text that must not turn the line it stands in."""

import unicodedata

FSI, PDI = "\N{FIRST STRONG ISOLATE}", "\N{POP DIRECTIONAL ISOLATE}"
# Letters and marks by their category, that draw nothing all the same: fillers, blank Braille, variation selectors.
_BLANK_LETTERS = frozenset(
    "\N{COMBINING GRAPHEME JOINER}\N{HANGUL CHOSEONG FILLER}\N{HANGUL JUNGSEONG FILLER}\N{HANGUL FILLER}"
    "\N{HALFWIDTH HANGUL FILLER}\N{BRAILLE PATTERN BLANK}\N{KHMER VOWEL INHERENT AQ}\N{KHMER VOWEL INHERENT AA}"
)
_SELECTORS = (range(0x180B, 0x1810), range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_EMPTY = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})
_CONTROLS = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
_TURNING = _CONTROLS | {"R", "AL", "AN"}
_MARKS_OF_DIRECTION = frozenset("\N{LEFT-TO-RIGHT MARK}\N{RIGHT-TO-LEFT MARK}\N{ARABIC LETTER MARK}")


def draws_nothing(sign: str) -> bool:
    """Whether a sign leaves its place empty: spaces, controls, zero-width signs, fillers."""
    if unicodedata.category(sign) in _EMPTY or sign in _BLANK_LETTERS:
        return True
    return ord(sign) >= _SELECTORS[0].start and any(ord(sign) in some for some in _SELECTORS)


def is_blank(text: str) -> bool:
    """Whether nothing of a text is seen."""
    if text.isascii() and text.isprintable():
        return not text.strip()
    return all(map(draws_nothing, text))


def isolate(text: str) -> str:
    """A text on one line that leaves the direction of what stands around it alone.

    Its own overrides and isolates are taken out, or it could end ours; one that turns nothing needs no isolate.
    """
    kept_text = (sign for sign in text if unicodedata.bidirectional(sign) not in _CONTROLS)
    line = " ".join("".join(kept_text).split())
    turns = any(unicodedata.bidirectional(sign) in _TURNING or sign in _MARKS_OF_DIRECTION for sign in text)
    return f"{FSI}{line}{PDI}" if turns else line
