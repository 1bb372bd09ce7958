"""Texts are cut at UTF-16 units; tags are closed, entities stay whole."""

import html
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from utils.telegram_html import ELLIPSIS, cut_html, shorten, split_html, strip_tags, utf16_length

TAGS = ("b", "i", "u", "s", "code", "pre", "tg-spoiler", "blockquote")
WORDS = st.text(st.sampled_from("aЯ😀é<>&\"' \n👩\u200d💻"), max_size=12)
# What an author and our escaping produce: nested tags, links with attributes, escaped words, numeric entities.
LEAVES = WORDS.map(html.escape) | st.sampled_from(["&#128512;", "&#x1F600;", "&quot;", "&lt;"])


def _wrap(inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tagged = st.tuples(st.sampled_from(TAGS), inside).map(lambda one: f"<{one[0]}>{one[1]}</{one[0]}>")
    linked = st.tuples(WORDS.map(html.escape), inside).map(lambda one: f'<a href="{one[0]}">{one[1]}</a>')
    return tagged | linked | st.lists(inside, max_size=4).map("".join)


TEXTS = st.recursive(LEAVES, _wrap, max_leaves=12)


class _Strict(HTMLParser):
    """Reads as Telegram does: every tag is closed in its order; `shown` is what people see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=False)
        self.open: list[str] = []
        self.shown = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        assert "&" not in data
        self.shown += data

    def handle_entityref(self, name: str) -> None:
        self.shown += html.unescape(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self.shown += html.unescape(f"&#{name};")


def _read(text: str) -> str:
    reader = _Strict()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader.shown


@settings(max_examples=600)
@given(TEXTS, st.integers(1, 40))
def test_a_cut_text_is_whole_html_of_at_most_the_limit(text: str, limit: int) -> None:
    shown, cut = _read(text), cut_html(text, limit)
    if utf16_length(shown) <= limit:
        assert cut == text
        return
    left = _read(cut)
    assert utf16_length(left) <= limit
    assert left.endswith(ELLIPSIS)
    assert shown.startswith(left[: -len(ELLIPSIS)])
    assert utf16_length(left) >= limit - 1  # at most half a character is given away


@given(st.text())
def test_length_is_what_telegram_counts(text: str) -> None:
    assert utf16_length(text) == sum(2 if ord(one) > 0xFFFF else 1 for one in text)


@settings(max_examples=200)
@given(TEXTS)
def test_without_tags_the_words_remain(text: str) -> None:
    assert strip_tags(text) == _read(text)


@given(st.text(), st.integers(1, 50))
def test_nothing_makes_cutting_fail(text: str, limit: int) -> None:
    assert isinstance(cut_html(text, limit), str)


@pytest.mark.parametrize(
    ("text", "limit", "cut"),
    [
        ("<b>abc</b>", 3, "<b>abc</b>"),
        ("<b>abcd</b>", 3, "<b>ab…</b>"),
        ("<b>a<i>b<b>c</b>d</i>e</b>ef", 5, "<b>a<i>b<b>c</b>d</i>…</b>"),
        ("<b><i><b>x</b>yz</i></b>", 2, "<b><i><b>x</b>…</i></b>"),
        ("😀😀", 3, "😀…"),
        ("&amp;&amp;&amp;", 2, "&amp;…"),
        ("a < b & c", 4, "a <…"),
        ('<a href="x">link</a>', 2, '<a href="x">l…</a>'),
    ],
)
def test_texts_are_cut_so(text: str, limit: int, cut: str) -> None:
    assert cut_html(text, limit) == cut


@pytest.mark.parametrize(
    ("text", "limit", "short"),
    [
        ("Two  lines\nof words", 40, "Two lines of words"),
        ("Two lines of words", 14, "Two lines of…"),
        ("https://example.org/very/long", 10, "https://e…"),
        ("One. Two words", 8, "One…"),
        ("", 5, ""),
    ],
    ids=["fits", "between words", "one long word", "behind a full stop", "nothing"],
)
def test_a_long_text_ends_between_two_words(text: str, limit: int, short: str) -> None:
    assert shorten(text, limit) == short


def test_a_heading_does_not_run_into_the_words_below_it() -> None:
    task = "Задание 2. Было и стало\n\nВозьмите один абзац:\nлучше рабочий."
    assert shorten(task, 100) == "Задание 2. Было и стало. Возьмите один абзац: лучше рабочий."


def test_a_long_text_is_cut_between_paragraphs_with_its_tags_closed_and_open_again() -> None:
    text = "<b>First one is here.\n\nSecond one <i>is here</i></b> too.\n\nThird."
    assert split_html(text, 30) == [
        "<b>First one is here.</b>",
        "<b>Second one <i>is here</i></b> too.",
        "Third.",
    ]
    assert split_html(text, 1000) == [text]


@given(st.text(alphabet="ab \n&;é😀", min_size=1, max_size=300), st.integers(8, 60))
def test_the_parts_of_a_text_fit_and_lose_nothing_but_spaces_between_them(plain: str, limit: int) -> None:
    text = html.escape(plain, quote=False)
    parts = split_html(text, limit)
    assert all(utf16_length(strip_tags(part)) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


def test_a_variable_is_never_cut() -> None:
    assert split_html("abc {{user.first_name}} def", 12)[1] == "{{user.first_name}}"
