"""The old Markdown parse mode: no nesting, four marks."""

from sandbox.text import utf16
from sandbox.text.entities import Entity, ParseError
from sandbox.text.links import checked, linked_user

_MARKS = "_*`["
_KINDS = {"_": "italic", "*": "bold", "`": "code", "```": "pre", "[": "text_link"}
_CLOSERS = {"[": "]"}


def parse_markdown(source: str) -> tuple[str, list[Entity]]:
    """Parse one text; raises ParseError."""
    out: list[str] = []
    entities: list[Entity] = []
    at = size = 0
    while at < len(source):
        letter = source[at]
        if letter == "\\" and source[at + 1 : at + 2] in tuple(_MARKS):
            piece, at = source[at + 1], at + 2
        elif letter in _MARKS:
            piece, at, entity = _marked(source, at)
            if entity and piece:
                entities.append({**entity, "offset": size, "length": utf16.length(piece)})
        else:
            piece, at = letter, at + 1
        out.append(piece)
        size += utf16.length(piece)
    return "".join(out), entities


def _marked(source: str, at: int) -> tuple[str, int, Entity | None]:
    mark = "```" if source.startswith("```", at) else source[at]
    closer = _CLOSERS.get(mark, mark)
    begin = at + len(mark)
    end = source.find(closer, begin)
    if end < 0:
        where = utf16.byte_offset(source, at)
        raise ParseError(f"Can't find end of the entity starting at byte offset {where}")
    inside, after = source[begin:end], end + len(closer)
    if mark == "[":
        return _link(source, inside, after)
    if mark == "```":
        return _block(inside, after)
    return inside, after, {"type": _KINDS[mark]}


def _block(inside: str, after: int) -> tuple[str, int, Entity]:
    head, newline, body = inside.partition("\n")
    if newline and not any(letter.isspace() for letter in head):
        return body, after, {"type": "pre", "language": head} if head else {"type": "pre"}
    return inside, after, {"type": "pre"}


def _link(source: str, inside: str, after: int) -> tuple[str, int, Entity | None]:
    url = inside
    if source.startswith("(", after):
        end = source.find(")", after)
        end = len(source) if end < 0 else end
        url, after = source[after + 1 : end], end + 1
    if user_id := linked_user(url):
        return inside, after, {"type": "text_mention", "user": user_id}
    address = checked(url)
    return inside, after, {"type": "text_link", "url": address} if address else None
