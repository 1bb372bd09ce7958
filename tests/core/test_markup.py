from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.text.markup import to_html, to_plain
from core.text.message import Message, ParseMode
from core.text.template import BUILT_IN, check_template, find_variables, render_template
from sandbox.text.html import parse_html
from services.content.messages.rendering import calls_of

LINK = "https://example.org/?a=1&b=2"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("*bold*", "<b>bold</b>"),
        ("**bold**", "<b>bold</b>"),
        ("_italic_", "<i>italic</i>"),
        ("*a _b_ c*", "<b>a <i>b</i> c</b>"),
        ("`a*b<c`", "<code>a*b&lt;c</code>"),
        ("```\na_b\n```", "<pre>a_b\n</pre>"),
        ("```python\nx < 1```", '<pre><code class="language-python">x &lt; 1</code></pre>'),
        (f"[here]({LINK})", '<a href="https://example.org/?a=1&amp;b=2">here</a>'),
        ("[*here*](https://e.org/a_(b))", '<a href="https://e.org/a_(b)"><b>here</b></a>'),
        ("[go]({{user.payment_link}})", '<a href="{{user.payment_link}}">go</a>'),
        (r"\*a\* \_b\_ \`c\` \[d](e)", "*a* _b_ `c` [d](e)"),
        ("*over\ntwo lines*", "<b>over\ntwo lines</b>"),
    ],
)
def test_marks(text: str, html: str) -> None:
    assert to_html(text, markdown=True) == html
    assert to_html(text, markdown=False) != html


@pytest.mark.parametrize(
    "text",
    [
        "2 * 3 * 4",
        "*open",
        "open_",
        "snake_case_name and https://t.me/my_own_bot",
        "I ___ home and you ___ here",
        "*a _b",
        "`open",
        "[label](no link",
        "[label] (https://e.org)",
        "{{user.user_name}} {{ bot.bot_name }}",
        "* list\n* of\n* things",
    ],
)
def test_what_is_not_closed_stands_as_it_is_written(text: str) -> None:
    assert to_html(text, markdown=True) == to_html(text, markdown=False) == text


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>a</b> <i>b</i> <u>c</u> <s>d</s>",) * 2,
        ('<a href="https://e.org">x</a> <tg-spoiler>y</tg-spoiler>',) * 2,
        ('<blockquote expandable>q</blockquote><pre><code class="language-c">x</code></pre>',) * 2,
        ("&lt;b&gt; &amp; &quot;",) * 2,
        ("<B>a</B>", "<b>a</b>"),
        ("<a href='https://e.org?a=1&b=2'>x</a>", '<a href="https://e.org?a=1&amp;b=2">x</a>'),
        ('<b style="x">a</b>', "<b>a</b>"),
        ("a < b & c > d", "a &lt; b &amp; c &gt; d"),
        ("<br> <a>x</a> <span>y</span>", "&lt;br&gt; &lt;a&gt;x&lt;/a&gt; &lt;span&gt;y&lt;/span&gt;"),
        ("<b>open", "&lt;b&gt;open"),
        ("closed</b>", "closed&lt;/b&gt;"),
        ("<b><i>x</b></i>", "<b>&lt;i&gt;x</b>&lt;/i&gt;"),
        ("&nbsp;&mdash;&nosuch;", "\xa0—&amp;nosuch;"),
        ("&#123;&#123;user.x}}", "&#123;&#123;user.x}}"),
    ],
)
def test_tags_of_telegram_s_are_kept_and_others_shown(text: str, html: str) -> None:
    assert to_html(text, markdown=True) == to_html(text, markdown=False) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("<b>*a*</b>", "<b><b>a</b></b>"),
        ("*<u>a</u>* <i>b</i>", "<b><u>a</u></b> <i>b</i>"),
        ("*a <b>b* c</b>", "*a <b>b* c</b>"),
        ("<b>*a</b>*", "<b>*a</b>*"),
        ("*a <br> b*", "<b>a &lt;br&gt; b</b>"),
    ],
)
def test_marks_and_tags_stand_in_one_text(text: str, html: str) -> None:
    assert to_html(text, markdown=True) == html


PIECES = st.sampled_from(
    [
        *(
            "*",
            "**",
            "_",
            "`",
            "```",
            "[",
            "](",
            ")",
            "](https://e.org/a_b)",
            "\\",
            "<b>",
            "</b>",
            "<i>",
            "</i>",
        ),
        *(
            "<a href='x'>",
            '<a href="',
            "</a>",
            "<span>",
            "<pre>",
            "</pre>",
            "<code>",
            "</code>",
            "<",
            ">",
            "&",
        ),
        *("&lt;", "&#60;", "&#123;", "{", "}", "{{user.user_name}}", '"', "'", " ", "\n", "a", "ж", "1", "="),
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=40)


class Balance(HTMLParser):
    """A parser that shares no line with ours: every tag is closed by its own name."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@settings(max_examples=500, deadline=None)
@given(TEXTS, st.booleans())
def test_whatever_is_written_telegram_takes_the_result(text: str, markdown: bool) -> None:
    html = to_html(text, markdown=markdown)
    balance = Balance()
    balance.feed(html)
    balance.close()
    assert balance.open == []
    shown, _ = parse_html(html)
    assert shown == to_plain(text, markdown=markdown)
    assert to_html(html, markdown=False) == html


@settings(max_examples=200, deadline=None)
@given(TEXTS.filter(lambda text: "<" not in text))
def test_variables_come_through_whole(text: str) -> None:
    html = to_html(text, markdown=True)
    assert find_variables(html) == find_variables(text)
    if not check_template(html, BUILT_IN):
        parse_html(render_template(html, {"user.user_name": "<i>A & B"}))


def test_a_message_is_said_in_html_whatever_it_is_written_in() -> None:
    media = [{"kind": "photo", "ref": "https://e.org/a.png", "caption": "*c*"}]
    spoken = [
        {"text": "*a*"},
        {"text": "*a*", "media": media},
        {"media": media},
        {"text": "*a*", "media": media * 2},
    ]
    said = []
    for fields in spoken:
        message = Message.model_validate({**fields, "parse_mode": ParseMode.MARKDOWN})
        parts = [part for _, call in calls_of(message, []) for part in call.get("media", [call])]
        said.append([(part.get("text") or part["caption"])["c"]["*"] for part in parts])
    assert said == [["<b>a</b>"], ["<b>a</b>"], ["<b>c</b>"], ["<b>c</b>", "<b>c</b>", "<b>a</b>"]]


def test_marks_take_no_room() -> None:
    assert Message.model_validate({"text": "*" + "a" * 4096 + "*", "parse_mode": "MARKDOWN"})
